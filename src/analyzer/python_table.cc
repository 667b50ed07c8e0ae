#include "analyzer/python_table.h"

#include "analyzer/python_table_analysis.h"
#include "plan/python_table.h"
#include "resolved/python_analysis.h"
#include "resolved/python_eval_type.h"

namespace hanok::analyzer {

namespace eval_type = resolved::eval_type;
using resolved::Attributes;
using resolved::ExprPtr;

namespace {

// Arguments of a call, resolved over `child`.
struct Arguments {
    Rel child;
    resolved::Exprs exprs;
    std::vector<std::string> names;
    resolved::PythonGroup partition;  // see PythonStage of a table function
    bool has_table = false;
    size_t table = 0;  // which argument is the table
};

const plan::Subquery* as_table(const plan::ExprPtr& e) {
    if (e->kind != plan::ExprKind::kSubquery) return nullptr;
    const auto& subquery = e->as<plan::Subquery>();
    return subquery.subquery_kind == plan::SubqueryKind::kTableArgument ? &subquery : nullptr;
}

plan::ExprPtr value_of(const plan::ExprPtr& arg) {
    return arg->kind == plan::ExprKind::kNamedArgument ? arg->as<plan::NamedArgument>().value : arg;
}

// A row of the table as a struct, with the values that part the rows behind its columns; the rows
// in the order in which the function gets them.
ExprPtr table_rows(Analyzer::Impl& impl, const plan::Subquery& subquery, Arguments* out) {
    auto relation = subquery.plan ? subquery.plan : impl.referenced_plan(*subquery.plan_id);
    auto table = impl.trim(impl.resolve(relation));
    Context c;
    c.input = &table;
    resolved::Exprs fields;
    for (const auto& a : table.plan->output) {
        fields.push_back(Analyzer::Impl::string_literal(a.name));
        fields.push_back(resolved::ref(a));
    }
    std::vector<resolved::SortOrder> order;
    out->partition.values = table.plan->output.size();
    for (const auto& typed : impl.resolve_in(c, subquery.partition_by)) {
        auto name = "partition_by_" + std::to_string(out->partition.keys.size());
        out->partition.keys.push_back(Analyzer::next_id());
        fields.push_back(Analyzer::Impl::string_literal(name));
        fields.push_back(typed.expr);
        order.push_back({typed.expr, true, true});
    }
    for (auto& o : impl.sort_orders(subquery.order_by, c)) order.push_back(std::move(o));
    out->child = order.empty() ? table : impl.make_sort(table, std::move(order));
    out->has_table = true;
    return impl.call("named_struct", std::move(fields));
}

Arguments resolve_arguments(Analyzer::Impl& impl, const plan::Exprs& args) {
    Arguments out;
    auto nothing = impl.one_row();
    Context c;
    c.input = &nothing;
    WithContext current(impl, c);
    out.child = nothing;
    size_t tables = 0;
    for (const auto& arg : args) tables += as_table(value_of(arg)) ? 1 : 0;
    if (tables > 1) {
        throw analysis_error(
            "TABLE_VALUED_FUNCTION_TOO_MANY_TABLE_ARGUMENTS", {{"num", std::to_string(tables)}});
    }
    for (const auto& arg : args) {
        bool named = arg->kind == plan::ExprKind::kNamedArgument;
        out.names.push_back(named ? arg->as<plan::NamedArgument>().name : "");
        if (const auto* table = as_table(value_of(arg))) {
            out.table = out.exprs.size();
            out.exprs.push_back(table_rows(impl, *table, &out));
            continue;
        }
        auto typed = impl.expression(value_of(arg));
        if (resolved::contains(*typed.expr, resolved::ExprKind::kOuterAttribute))
            throw unsupported_feature(
                "Python table functions of another table's columns (LATERAL)");
        out.exprs.push_back(typed.expr);
    }
    return out;
}

// The arguments as an `analyze` method sees them.
std::vector<AnalyzedArgument> analyzed_arguments(const Arguments& arguments) {
    std::vector<AnalyzedArgument> out;
    for (size_t i = 0; i < arguments.exprs.size(); ++i) {
        AnalyzedArgument arg{arguments.exprs[i], arguments.has_table && i == arguments.table};
        if (arg.is_table) {
            // Without the values that part its rows.
            types::Fields fields = arg.value->type->fields();
            fields.resize(arguments.partition.values);
            arg.value = std::make_shared<resolved::Call>(resolved::kTableArgument,
                resolved::Exprs{}, types::DataType::struct_(std::move(fields)), true);
        }
        out.push_back(std::move(arg));
    }
    return out;
}

}  // namespace

Rel resolve_python_table(Analyzer::Impl& impl, const plan::PythonTable& table) {
    bool known = table.eval_type == eval_type::kArrowTable ||
                 table.eval_type == eval_type::kArrowNativeTable;
    if (!known) {
        throw unsupported_feature(
            "Python table functions without Arrow (spark.sql.execution.pythonUDTF.arrow.enabled)");
    }
    auto return_type = table.return_type;
    auto arguments = resolve_arguments(impl, table.args);
    if (!return_type) {
        auto analysis = analyze_python_table(
            impl, table, analyzed_arguments(arguments), arguments.names);
        return_type = analysis.schema;
        if (arguments.has_table) arguments = resolve_arguments(impl, analysis.args);
        arguments.names.push_back(std::move(analysis.pickled));
    }
    auto type = types::DataType::replace_char_varchar(return_type);
    if (!type->is(types::TypeId::kStruct)) {
        throw analysis_error("UDTF_RETURN_TYPE_MISMATCH",
            {{"name", table.name}, {"return_type", type->simple_string()}});
    }
    auto stage = std::make_shared<resolved::PythonStage>();
    stage->shape = resolved::PythonShape::kMap;
    Attributes columns;
    stage->child = resolved::with_computed(
        arguments.child.plan, arguments.exprs, Analyzer::next_id, &columns);
    stage->arguments = columns;
    if (arguments.has_table) stage->groups = {arguments.partition};
    auto udf = std::make_shared<resolved::PythonUdf>(type);
    udf->name = table.name;
    udf->eval_type = table.eval_type;
    udf->command = table.command;
    udf->python_version = table.python_version;
    udf->deterministic = table.deterministic;
    udf->arg_names = std::move(arguments.names);
    for (const auto& a : columns) udf->args.push_back(resolved::ref(a));
    for (const auto& f : type->fields())
        stage->results.push_back(Analyzer::Impl::new_attribute(f.name, f.type, f.nullable));
    stage->output = stage->results;
    stage->functions = {std::move(udf)};
    return impl.leaf(stage);
}

std::shared_ptr<const plan::PythonTable> python_table_call(
    Analyzer::Impl& impl, const plan::TableFunction& call) {
    if (call.name.size() != 1) return nullptr;
    auto udf = impl.resolver.python_function(call.name[0]);
    if (!udf || udf->eval_type < eval_type::kTable) return nullptr;
    return plan::python_table(*udf, call.args);
}

}  // namespace hanok::analyzer
