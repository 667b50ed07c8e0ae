// explode and its kind: in select lists, LATERAL VIEW and FROM.

#include <algorithm>

#include "analyzer/impl.h"
#include "analyzer/python_table.h"
#include "analyzer/subquery_places.h"
#include "sql/parser.h"

namespace hanok::analyzer {

using resolved::NamedExprs;
using types::DataType;

using Impl = Analyzer::Impl;

namespace {

constexpr const char* kOuterSuffix = "_outer";

bool ends_with(const std::string& text, const std::string& suffix) {
    return text.size() > suffix.size() &&
           text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

}  // namespace

const FunctionDef* Impl::find_generator(const plan::Expression& expr) {
    if (expr.kind != plan::ExprKind::kFunction) return nullptr;
    const auto& f = expr.as<plan::Function>();
    if (f.name.size() != 1) return nullptr;
    const auto* def = FunctionRegistry::builtin().find(types::to_lower(f.name[0]));
    return def && def->kind == FunctionKind::kGenerator ? def : nullptr;
}

SelectItem Impl::bind_generator(const plan::Function& f, const std::vector<std::string>& names) {
    const auto* def = find_generator(f);
    auto args = positional_arguments(*def, expand_arguments(f));
    check_argument_count(*def, f, args.size());
    CallInput input{.context = options.functions, .name = types::to_lower(f.name[0]), .args = {}};
    input.origin = f.origin;
    for (const auto& arg : args) {
        if (find_generator(*arg)) {
            throw analysis_error("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
                {{"expression", quoted_sql(input.name)}});
        }
        input.args.push_back(expression(arg).expr);
    }
    SelectItem item;
    item.is_generator = true;
    item.generated = def->generate(*def, input);
    item.function = def->name;
    if (ends_with(input.name, kOuterSuffix)) {
        item.outer = true;
        if (ends_with(item.function, kOuterSuffix)) {
            item.function.resize(item.function.size() - std::string(kOuterSuffix).size());
        }
    }
    item.args = std::move(input.args);
    for (auto& a : item.generated) {
        a.id = Analyzer::next_id();
        a.nullable = a.nullable || item.outer;
    }
    if (!names.empty()) {
        if (names.size() != item.generated.size()) {
            std::string list;
            for (const auto& n : names) list += (list.empty() ? "" : ",") + n;
            throw analysis_error("UDTF_ALIAS_NUMBER_MISMATCH",
                {{"aliasesSize", std::to_string(item.generated.size())}, {"aliasesNames", list}});
        }
        for (size_t i = 0; i < names.size(); ++i) item.generated[i].name = names[i];
    }
    return item;
}

bool Impl::add_generator(const plan::ExprPtr& expr, SelectItems& items, NamedExprs& lateral) {
    std::vector<std::string> names;
    plan::ExprPtr child = expr;
    if (expr->kind == plan::ExprKind::kAlias) {
        names = expr->as<plan::Alias>().names;
        child = expr->as<plan::Alias>().child;
    }
    if (!find_generator(*child)) return false;
    items.push_back(bind_generator(child->as<plan::Function>(), names));
    for (const auto& a : items.back().generated) lateral.push_back(pass_column(a));
    return true;
}

Rel Impl::make_generate(const Rel& child, const SelectItem& item) {
    check_placed_subqueries(item.args);
    auto plan = std::make_shared<resolved::Generate>();
    plan->function = item.function;
    plan->args = item.args;
    plan->outer = item.outer;
    plan->generated = item.generated;
    auto build = [plan](const resolved::PlanPtr& below) -> resolved::PlanPtr {
        auto copy = std::make_shared<resolved::Generate>(*plan);
        copy->child = below;
        copy->output = concat(below->output, copy->generated);
        return copy;
    };
    return make_pass(child, build(child.plan), build);
}

Rel Impl::resolve_generate(const plan::Generate& generate) {
    auto child = resolve(generate.child);
    if (!find_generator(*generate.generator)) {
        if (generate.generator->kind == plan::ExprKind::kFunction) {
            const auto& f = generate.generator->as<plan::Function>();
            bool known = f.name.size() == 1 &&
                         FunctionRegistry::builtin().find(types::to_lower(f.name[0]));
            if (known) {
                throw analysis_error("UNSUPPORTED_GENERATOR.NOT_GENERATOR",
                    {{"functionName", quote_identifier(f.name)},
                        {"classCanonicalName", f.name[0]}});
            }
        }
        Context c;
        c.input = &child;
        auto typed = resolve_in(c, generate.generator);
        throw analysis_error("UNSUPPORTED_GENERATOR.NOT_GENERATOR",
            {{"functionName", quote_identifier(typed.name)}, {"classCanonicalName", typed.name}});
    }
    Context c;
    c.input = &child;
    WithContext current(*this, c);
    auto item = bind_generator(generate.generator->as<plan::Function>(), generate.columns);
    item.outer = item.outer || generate.outer;
    for (auto& a : item.generated) {
        if (!generate.alias.empty()) a.qualifier = {generate.alias};
        a.nullable = a.nullable || item.outer;
    }
    auto rel = make_generate(child, item);
    rel.scope = concat(child.scope, item.generated);
    rel.hidden = nullptr;
    return rel;
}

// table_changes('name', start [, end]): versions as numbers, times as texts or timestamps.
Rel Impl::table_changes(const plan::Exprs& args) {
    constexpr size_t kLeast = 2;
    constexpr size_t kMost = 3;
    if (args.size() < kLeast || args.size() > kMost) {
        throw analysis_error("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
            {{"functionName", "`table_changes`"}, {"expectedNum", "[2, 3]"},
                {"actualNum", std::to_string(args.size())}, {"docroot", ""}});
    }
    plan::NamedTable table;
    auto [name, name_type] = fold(args[0]);
    if (!name_type->is_string() || name.is_null()) {
        throw analysis_error("DELTA_CDC_NON_CONSTANT_ARGUMENT",
            {{"argumentName", "table name"}, {"pos", "1"}, {"functionName", "table_changes"},
                {"sqlExpr", name.is_null() ? "NULL" : name_type->sql()}});
    }
    table.name = sql::parse_multipart_identifier(name.as_string());
    table.options = {{"readChangeFeed", "true"}};
    for (size_t i = 1; i < args.size(); ++i) {
        std::string prefix = i == 1 ? "starting" : "ending";
        auto [value, type] = fold(args[i]);
        if (value.is_null()) throw analysis_error("DELTA_CDC_READ_NULL_RANGE_BOUNDARY", {});
        if (type->is_integral()) {
            table.options.emplace_back(prefix + "Version", std::to_string(value.as_int()));
            continue;
        }
        if (!type->is_string() && !type->is(types::TypeId::kTimestamp)) {
            throw analysis_error("DELTA_UNSUPPORTED_EXPRESSION",
                {{"expType", type->sql()}, {"causedBy", prefix + " option"},
                    {"supportedTypes", "INT, BIGINT, STRING, TIMESTAMP"}});
        }
        auto text = fold(std::make_shared<plan::Cast>(args[i], DataType::string())).first;
        table.options.emplace_back(prefix + "Timestamp", text.as_string());
    }
    return resolve_named_table(table);
}

Rel Impl::resolve_table_function(const plan::TableFunction& written) {
    auto call = written;
    if (call.identifier) call.name = identifier_name(call.identifier);
    auto name = types::to_lower(call.name.back());
    auto f = std::make_shared<plan::Function>(call.name, call.args);
    f->origin = call.origin;
    Rel nothing = one_row();
    Context c;
    c.input = &nothing;
    WithContext current(*this, c);
    if (name == "range" && call.name.size() == 1) return range_function(call.args);
    if (name == "table_changes" && call.name.size() == 1) return table_changes(call.args);
    if (call.name.size() == 1 && call.args.empty()) {
        if (auto known = information_function(name)) return *known;
    }
    Rel rel;
    if (auto python = python_table_call(*this, call)) {
        rel = resolve_python_table(*this, *python);
    } else if (find_generator(*f)) {
        auto item = bind_generator(*f, {});
        rel = make_generate(nothing, item);
        rel.scope = item.generated;
    } else if (auto sql = find_sql_function(call.name); sql && sql->table_body) {
        rel = table_sql_function(*sql, *f);
    } else {
        const auto* def = FunctionRegistry::builtin().find(name);
        if (def && def->kind == FunctionKind::kTable) {
            auto args = positional_arguments(*def, call.args);
            check_argument_count(*def, *f, args.size());
            CallInput input{.context = options.functions, .name = name, .args = {}};
            for (const auto& arg : args) input.args.push_back(expression(arg).expr);
            SelectItem item;
            item.function = def->name;
            item.generated = def->generate(*def, input);
            item.args = std::move(input.args);
            for (auto& a : item.generated) a.id = Analyzer::next_id();
            rel = make_generate(nothing, item);
            rel.scope = item.generated;
        } else if (def) {
            throw analysis_error(
                "NOT_A_TABLE_FUNCTION", {{"functionName", quote_identifier(call.name)}});
        } else {
            throw analysis_error(
                "UNRESOLVABLE_TABLE_VALUED_FUNCTION", {{"name", quote_identifier(call.name)}});
        }
    }
    rel.hidden = nullptr;
    return rel;
}

Rel Impl::range_function(const plan::Exprs& args) {
    std::vector<int64_t> numbers;
    if (args.empty() || args.size() > 4) {
        throw analysis_error("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
            {{"functionName", "`range`"}, {"expectedNum", "[1, 2, 3, 4]"},
                {"actualNum", std::to_string(args.size())},
                {"docroot", "https://spark.apache.org/docs/latest"}});
    }
    for (size_t i = 0; i < args.size(); ++i) {
        auto typed = expression(args[i]);
        bool fits = can_implicitly_cast(*typed.expr->type, *DataType::long_(), ansi());
        if (fits && !resolved::is_foldable(*typed.expr)) {
            static constexpr const char* kNames[] = {"start", "end", "step", "numSlices"};
            throw analysis_error("NON_FOLDABLE_ARGUMENT",
                {{"funcName", "`range`"},
                    {"paramName", quote_identifier(kNames[args.size() == 1 ? 1 : i])},
                    {"paramType", "\"BIGINT\""}});
        }
        auto value = fits ? fold_typed(cast_to(typed.expr, DataType::long_(), ansi()))
                          : types::Value();
        if (value.is_null()) {
            throw analysis_error("UNEXPECTED_INPUT_TYPE",
                {{"paramIndex", std::to_string(i + 1)}, {"functionName", "`range`"},
                    {"requiredType", "\"BIGINT\""}, {"inputSql", quoted_sql(typed.name)},
                    {"inputType", quoted_type(*typed.expr->type)}});
        }
        numbers.push_back(value.as_int());
    }
    plan::Range range;
    range.end = numbers[numbers.size() > 1 ? 1 : 0];
    if (numbers.size() > 1) range.start = numbers[0];
    if (numbers.size() > 2) range.step = numbers[2];
    if (numbers.size() > 3) range.num_partitions = static_cast<int32_t>(numbers[3]);
    return resolve_range(range);
}

}  // namespace hanok::analyzer
