// Tables, views, paths and data sources by name; time travel.

#include <algorithm>
#include <utility>

#include "analyzer/impl.h"
#include "types/char_type.h"

namespace hanok::analyzer {

using resolved::Attribute;
using types::DataType;
using types::TypeId;

using Impl = Analyzer::Impl;

namespace {

constexpr size_t kMaxViewDepth = 100;

// The struct that file sources give under the name _metadata.
types::TypePtr metadata_type(const resolved::ScanSource& source) {
    std::string format = types::to_lower(source.format);
    types::Fields fields{{"file_path", DataType::string(), false, ""},
        {"file_name", DataType::string(), false, ""}, {"file_size", DataType::long_(), false, ""},
        {"file_block_start", DataType::long_(), false, ""},
        {"file_block_length", DataType::long_(), false, ""},
        {"file_modification_time", DataType::timestamp(), false, ""}};
    if (format == "parquet" || format == "delta")
        fields.push_back({"row_index", DataType::long_(), true, ""});
    const types::Fields& own = source.metadata_fields;
    fields.insert(fields.end(), own.begin(), own.end());
    return DataType::struct_(std::move(fields));
}

bool is_file_format(const std::string& format) {
    static const std::set<std::string> formats{
        "delta", "parquet", "csv", "json", "text", "orc", "avro", "xml", "binaryfile"};
    return formats.count(types::to_lower(format)) != 0;
}

}  // namespace

Rel Impl::with_qualifier(Rel rel, const std::vector<std::string>& qualifier) {
    rel = trim(std::move(rel));
    for (auto& a : rel.scope) a.qualifier = qualifier;
    rel.hidden = nullptr;
    return rel;
}

Rel Impl::scan(const resolved::ScanSourcePtr& source, const std::vector<std::string>& qualifier) {
    auto plan = std::make_shared<resolved::Scan>();
    plan->source = source;
    for (const auto& f : source->schema->fields()) {
        auto field = types::with_char_metadata(f);
        auto a = new_attribute(f.name, DataType::replace_char_varchar(f.type), f.nullable);
        a.metadata = field.metadata;
        a.qualifier = qualifier;
        plan->columns.push_back(f.name);
        plan->output.push_back(std::move(a));
    }
    Rel rel = leaf(plan);
    bool has_own = source->schema->field_index("_metadata") >= 0;
    if (include_metadata && is_file_format(source->format) && !has_own) {
        auto a = new_attribute("_metadata", metadata_type(*source), false);
        a.qualifier = qualifier;
        plan->columns.push_back("_metadata");
        plan->output.push_back(a);
        rel.extra.push_back(a);
    }
    return rel;
}

Error Impl::table_not_found(const std::vector<std::string>& name) {
    ErrorParameters p{{"relationName", quote_identifier(name)}};
    p["searchPath"] = "[`system`.`session`, " +
                      quote_identifier(std::vector<std::string>{
                          options.functions.catalog, options.functions.schema}) +
                      "]";
    return analysis_error("TABLE_OR_VIEW_NOT_FOUND", std::move(p));
}

Rel Impl::resolve_named_table(const plan::NamedTable& table) {
    auto name = table.identifier ? identifier_name(table.identifier) : table.name;
    if (name.size() == 1 && !table.time_travel) {
        if (auto cte = find_cte(name[0])) return cte_reference(*cte);
        // A DataFrame passed to spark.sql under this name.
        for (auto list = references.rbegin(); list != references.rend(); ++list) {
            for (const auto& r : *list) {
                if (r->kind != plan::RelationKind::kSubqueryAlias) continue;
                if (types::names_equal(
                        r->as<plan::SubqueryAlias>().alias, name[0], options.case_sensitive)) {
                    return resolve(r);
                }
            }
        }
    }
    std::optional<int64_t> version;
    std::optional<int64_t> timestamp;
    if (table.time_travel) {
        const auto& travel = *table.time_travel;
        if (travel.version) {
            auto [value, type] = fold(travel.version);
            if (type->is_string()) {
                try {
                    version = std::stoll(value.as_string());
                } catch (const std::exception&) {
                    throw analysis_error("INVALID_TIME_TRAVEL_SPEC");
                }
            } else if (type->is_integral() && !value.is_null()) {
                version = value.as_int();
            } else {
                throw analysis_error("INVALID_TIME_TRAVEL_SPEC");
            }
        }
        if (travel.timestamp) {
            Context constants;
            auto typed = resolve_in(constants, travel.timestamp);
            ErrorParameters p{{"expr", quoted_sql(typed.name)}};
            if (!can_cast(*typed.expr->type, *DataType::timestamp(), ansi())) {
                throw analysis_error("INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT", p);
            }
            if (resolved::contains(*typed.expr, resolved::ExprKind::kSubquery)) {
                throw analysis_error("INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.UNEVALUABLE", p);
            }
            if (!resolved::is_deterministic(*typed.expr)) {
                throw analysis_error("INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.NON_DETERMINISTIC", p);
            }
            auto value = fold_typed(cast_to(typed.expr, DataType::timestamp(), false));
            if (value.is_null())
                throw analysis_error("INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT", p);
            timestamp = value.as_int();
        }
    }
    auto found = find_table(name, table.options, version, timestamp);
    uses.reads_data = true;
    if (std::holds_alternative<ResolvedTable>(found)) {
        const auto& t = std::get<ResolvedTable>(found);
        return pad_char_columns(scan(t.source, t.qualifier));
    }
    if (std::holds_alternative<ResolvedView>(found)) {
        const auto& view = std::get<ResolvedView>(found);
        if (view.is_temporary) note_temporary("VIEW", view.qualifier);
        return resolve_view(view);
    }
    throw table_not_found(name);
}

// Names in a view's body resolve where the view was made.
ResolvedName Impl::find_table(const std::vector<std::string>& name,
    const plan::Options& table_options, std::optional<int64_t> version,
    std::optional<int64_t> timestamp) {
    if (view_namespace.size() >= 2 && name.size() < 3) {
        auto full = view_namespace;
        full.resize(name.size() == 1 ? full.size() : 1);
        full.insert(full.end(), name.begin(), name.end());
        auto found = resolver.table(full, table_options, version, timestamp);
        if (!std::holds_alternative<std::monostate>(found)) return found;
    }
    return resolver.table(name, table_options, version, timestamp);
}

Rel Impl::resolve_data_source(const plan::DataSource& source) {
    uses.reads_data = true;
    auto found = resolver.data_source(source);
    if (!found) throw internal_error("data source without a scan");
    return scan(found, {});
}

namespace {

// While it lives, names resolve as in a view's body: nothing of the query around it is seen.
class InsideView {
public:
    InsideView(Impl& impl, const ResolvedView& view)
        : impl_(impl),
          ctes_(std::move(impl.ctes)),
          windows_(impl.windows),
          context_(impl.context),
          catalog_(impl.options.functions.catalog),
          schema_(impl.options.functions.schema),
          view_namespace_(impl.view_namespace),
          default_collation_(impl.default_collation) {
        impl.default_collation.clear();
        impl.ctes.clear();
        impl.windows = nullptr;
        impl.context = nullptr;
        impl.outers.push_back(nullptr);
        impl.view_path.push_back(view.qualifier);
        impl.view_namespace = view.current;
        if (!view.current.empty()) impl.options.functions.catalog = view.current[0];
        if (view.current.size() > 1) impl.options.functions.schema = view.current[1];
    }
    ~InsideView() {
        impl_.ctes = std::move(ctes_);
        impl_.windows = windows_;
        impl_.context = context_;
        impl_.options.functions.catalog = catalog_;
        impl_.options.functions.schema = schema_;
        impl_.view_namespace = view_namespace_;
        impl_.default_collation = default_collation_;
        impl_.outers.pop_back();
        impl_.view_path.pop_back();
    }
    InsideView(const InsideView&) = delete;
    InsideView& operator=(const InsideView&) = delete;

private:
    Impl& impl_;
    std::vector<CteScope> ctes_;
    const WindowSpecs* windows_;
    Context* context_;
    std::string catalog_;
    std::string schema_;
    std::vector<std::string> view_namespace_;
    std::string default_collation_;
};

}  // namespace

void Impl::check_view(const std::vector<std::string>& name) {
    for (const auto& open : view_path) {
        if (open != name) continue;
        std::string path;
        for (const auto& v : view_path) path += quote_identifier(v) + " -> ";
        throw analysis_error("RECURSIVE_VIEW",
            {{"viewIdent", quote_identifier(name)}, {"newPath", path + quote_identifier(name)}});
    }
    if (view_path.size() >= kMaxViewDepth) {
        throw analysis_error(
            "VIEW_EXCEED_MAX_NESTED_DEPTH", {{"viewName", quote_identifier(name)},
                                                {"maxNestedDepth", std::to_string(kMaxViewDepth)}});
    }
}

Rel Impl::resolve_view(const ResolvedView& view) {
    check_view(view.qualifier);
    Rel rel;
    {
        InsideView inside(*this, view);
        rel = trim(resolve(view.plan));
    }
    if (!view.schema) return with_qualifier(std::move(rel), view.qualifier);
    // Recorded columns: names and types as they were when the view was made.
    const auto& fields = view.schema->fields();
    if (fields.size() > rel.scope.size()) {
        throw analysis_error("INCOMPATIBLE_VIEW_SCHEMA_CHANGE",
            {{"viewName", quote_identifier(view.qualifier)},
                {"colName", fields[rel.scope.size()].name}, {"expectedNum", "1"},
                {"actualCols", "[]"}, {"suggestion", "CREATE OR REPLACE VIEW"}});
    }
    resolved::NamedExprs columns;
    for (size_t i = 0; i < fields.size(); ++i) {
        const auto& a = rel.plan->output[i];
        auto type = DataType::replace_char_varchar(fields[i].type);
        auto value = a.type->same_type(*type) ? resolved::ref(a)
                                              : cast_to(resolved::ref(a), type, ansi());
        auto column = named(fields[i].name, value);
        column.attribute.metadata = fields[i].metadata.empty() ? a.metadata : fields[i].metadata;
        columns.push_back(std::move(column));
    }
    return with_qualifier(make_project(rel, std::move(columns)), view.qualifier);
}

}  // namespace hanok::analyzer
