// df.transpose() and spark.read.json/csv of a DataFrame of text.

#include <algorithm>

#include "analyzer/impl.h"
#include "analyzer/text_table.h"
#include "sql/parser.h"

namespace hanok::analyzer {

using resolved::Attribute;
using resolved::ExprPtr;
using resolved::NamedExprs;
using types::DataType;
using types::TypeId;
using types::Value;

using Impl = Analyzer::Impl;

Rel Impl::resolve_transpose(const plan::Transpose& transpose) {
    auto child = trim(resolve(transpose.child));
    if (child.scope.empty()) return child;
    if (transpose.index_columns.size() > 1) {
        throw analysis_error("TRANSPOSE_INVALID_INDEX_COLUMN",
            {{"reason", "No more than one index column is allowed"}});
    }
    Context c;
    c.input = &child;
    ExprPtr index = transpose.index_columns.empty()
                        ? resolved::ref(child.scope[0])
                        : resolve_in(c, transpose.index_columns[0]).expr;
    if (index->kind != resolved::ExprKind::kAttribute || !index->type->is_atomic()) {
        throw analysis_error("TRANSPOSE_INVALID_INDEX_COLUMN",
            {{"reason", "Index column must be of atomic type, but found: " +
                            index->type->simple_string()}});
    }
    auto index_id = index->as<resolved::AttributeRef>().id;
    types::TypePtr common = DataType::null();
    std::vector<Attribute> others;
    for (const auto& a : child.scope) {
        if (a.id == index_id) continue;
        auto wider = tightest_common_type(common, a.type);
        if (!wider)
            throw analysis_error(
                "TRANSPOSE_NO_LEAST_COMMON_TYPE", {{"dt1", common->sql()}, {"dt2", a.type->sql()}});
        common = wider;
        others.push_back(a);
    }
    NamedExprs columns{named("index", index)};
    for (const auto& a : others)
        columns.push_back(named(a.name, cast_to(resolved::ref(a), common, ansi())));
    auto sorted = make_sort(make_project(make_filter(child, call("isnotnull", {index})), columns),
        {{resolved::ref(columns[0].attribute), true, true}});
    auto limit = std::stoll(conf("spark.sql.transposeMaxValues", "500"));
    auto rows = collect(sorted.plan, limit + 1);
    if (static_cast<int64_t>(rows.size()) > limit) {
        throw analysis_error("TRANSPOSE_EXCEED_ROW_LIMIT",
            {{"maxValues", std::to_string(limit)}, {"config", "spark.sql.transposeMaxValues"}});
    }
    resolved::Attributes output{new_attribute("key", DataType::string(), false)};
    for (const auto& row : rows) {
        auto name = pretty_value(row[0], *index->type, options.functions.time_zone);
        output.push_back(new_attribute(name, common, true));
    }
    std::vector<std::vector<Value>> transposed;
    for (size_t i = 0; i < others.size(); ++i) {
        std::vector<Value> line{types::string_value(others[i].name)};
        for (const auto& row : rows) line.push_back(row[i + 1]);
        transposed.push_back(std::move(line));
    }
    return values_rel(output, transposed);
}

namespace {

std::string option(
    const plan::Options& given, const std::string& key, const std::string& fallback) {
    for (const auto& [k, v] : given) {
        if (types::names_equal(k, key)) return v;
    }
    return fallback;
}

std::vector<std::string> split_line(const std::string& line, char separator, char quote) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (char c : line) {
        if (c == quote) {
            quoted = !quoted;
        } else if (c == separator && !quoted) {
            cells.emplace_back();
        } else {
            cells.back() += c;
        }
    }
    return cells;
}

// map('key', 'value', …)
resolved::ExprPtr options_map(Impl& impl, const plan::Options& options) {
    resolved::Exprs entries;
    for (const auto& [key, value] : options) {
        entries.push_back(Impl::string_literal(key));
        entries.push_back(Impl::string_literal(value));
    }
    return impl.call("map", std::move(entries));
}

// How many texts a schema is inferred from.
constexpr int64_t kMostTexts = int64_t{1} << 20;

// One struct for the schemas, given as DDL, of many texts.
types::TypePtr union_of_schemas(const std::vector<std::vector<types::Value>>& rows) {
    std::map<std::string, types::TypePtr> fields;
    for (const auto& row : rows) {
        if (row[0].is_null()) continue;
        auto type = sql::parse_data_type(row[0].as_string());
        if (!type->is(TypeId::kStruct)) continue;
        for (const auto& f : type->fields()) {
            auto& known = fields[f.name];
            auto wider = known ? wider_type(known, f.type, false) : f.type;
            known = wider ? wider : DataType::string();
        }
    }
    types::Fields merged;
    for (auto& [name, type] : fields) merged.push_back({name, type, true, ""});
    return DataType::struct_(std::move(merged));
}

}  // namespace

Rel Impl::resolve_parse(const plan::Parse& parse) {
    auto child = trim(resolve(parse.child));
    if (child.scope.size() != 1) {
        throw analysis_error("DATAFRAME_INPUT_NOT_SINGLE_COLUMN",
            {{"numColumns", std::to_string(child.scope.size())}});
    }
    auto text = child.scope[0];
    if (!text.type->is_string())
        throw analysis_error(
            "DATAFRAME_INPUT_NOT_STRING_TYPE", {{"dataType", quoted_type(*text.type)}});
    bool csv = parse.format == "csv";
    auto schema = parse.schema;
    Rel input = child;
    bool header = csv && types::names_equal(option(parse.options, "header", "false"), "true");
    if (!schema && parse.format == "json") schema = infer_json_schema(child);
    if (!schema && parse.format == "xml") {
        resolved::Exprs args{resolved::ref(text)};
        if (!parse.options.empty()) args.push_back(options_map(*this, parse.options));
        NamedExprs shown{named("schema", std::make_shared<resolved::Call>("schema_of_xml",
                                             std::move(args), DataType::string(), true))};
        schema = union_of_schemas(collect(make_project(child, shown).plan, kMostTexts));
    }
    if (csv && (header || !schema)) {
        auto first = std::make_shared<resolved::Limit>();
        first->child = child.plan;
        first->output = child.plan->output;
        first->limit = 1;
        auto rows = collect(first, 1);
        if (rows.empty() || rows[0][0].is_null()) return make_project(child, {});
        auto line = rows[0][0].as_string();
        auto separator = option(parse.options, "sep", option(parse.options, "delimiter", ","));
        auto quote = option(parse.options, "quote", "\"");
        if (!schema) {
            if (types::names_equal(option(parse.options, "inferSchema", "false"), "true")) {
                throw unsupported_feature(
                    "inferSchema when reading CSV from a DataFrame; give a schema");
            }
            types::Fields fields;
            for (const auto& cell : split_line(line, separator.empty() ? ',' : separator[0],
                     quote.empty() ? '"' : quote[0])) {
                auto name = header && !cell.empty() ? cell : "_c" + std::to_string(fields.size());
                fields.push_back({name, DataType::string(), true, ""});
            }
            schema = DataType::struct_(std::move(fields));
        }
        if (header)
            input = make_filter(
                child, call("not", {call("<=>", {resolved::ref(text), string_literal(line)})}));
    }
    schema = DataType::as_nullable(schema);
    resolved::Exprs args{resolved::ref(text), string_literal(schema->ddl())};
    if (!parse.options.empty()) args.push_back(options_map(*this, parse.options));
    auto parsed = named("_parsed", call("from_" + parse.format, std::move(args)));
    auto whole = make_project(input, {parsed});
    NamedExprs columns;
    auto base = resolved::ref(parsed.attribute);
    for (size_t i = 0; i < schema->fields().size(); ++i) {
        columns.push_back(named(schema->fields()[i].name, struct_field(base, i)));
    }
    return make_project(whole, std::move(columns));
}

// The union of the schemas of every line.
types::TypePtr Impl::infer_json_schema(const Rel& child) {
    auto line = resolved::ref(child.scope[0]);
    auto schema = std::make_shared<resolved::Call>(
        "schema_of_json", resolved::Exprs{line}, DataType::string(), true);
    GroupingSpec spec;
    spec.expressions = {schema};
    SelectItem item;
    item.column = named("schema", schema);
    return union_of_schemas(collect(build_aggregate(child, spec, {item}).plan, kMostTexts));
}

}  // namespace hanok::analyzer
