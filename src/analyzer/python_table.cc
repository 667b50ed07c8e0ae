#include "analyzer/python_table.h"

#include <algorithm>

#include "analyzer/python_table_analysis.h"
#include "plan/python_table.h"
#include "resolved/fingerprint.h"
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
    size_t table = 0;         // which argument is the table
    bool is_lateral = false;  // some are columns of the left side of a lateral join
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
        out.is_lateral = out.is_lateral ||
                         resolved::contains(*typed.expr, resolved::ExprKind::kOuterAttribute);
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

// The arguments over the rows of the left side of the lateral join that the call is in.
void over_left_side(Analyzer::Impl& impl, Arguments* arguments) {
    const auto* outer = impl.outers.empty() ? nullptr : impl.outers.back();
    if (!outer || !outer->lateral || arguments->has_table)
        throw unsupported_feature("Python table functions of an outer query's columns");
    arguments->child = *outer->context->input;
    const auto& columns = arguments->child.plan->output;
    for (auto& e : arguments->exprs) {
        e = resolved::transform(e, [&](const ExprPtr& node) -> ExprPtr {
            if (node->kind != resolved::ExprKind::kOuterAttribute) return nullptr;
            auto id = node->as<resolved::OuterAttributeRef>().id;
            for (const auto& a : columns)
                if (a.id == id) return resolved::ref(a);
            throw unsupported_feature("Python table functions of an outer query's columns");
        });
    }
}

}  // namespace

Rel resolve_python_table(Analyzer::Impl& impl, const plan::PythonTable& table) {
    if (table.eval_type < eval_type::kTable || table.eval_type > eval_type::kArrowNativeTable)
        throw unsupported_feature(
            "Python functions of evaluation type " + std::to_string(table.eval_type));
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
    if (arguments.is_lateral) over_left_side(impl, &arguments);
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
    if (!arguments.is_lateral) return impl.leaf(stage);
    // The rows of the left side stand before the results; resolve_join takes the stage as the join.
    auto all = arguments.child.plan->output;
    all.insert(all.end(), stage->results.begin(), stage->results.end());
    auto rel = impl.leaf(stage);
    stage->output = std::move(all);
    return rel;
}

std::shared_ptr<const plan::PythonTable> python_table_call(
    Analyzer::Impl& impl, const plan::TableFunction& call) {
    if (call.name.size() != 1) return nullptr;
    auto udf = impl.resolver.python_function(call.name[0]);
    if (!udf || udf->eval_type < eval_type::kTable) return nullptr;
    return plan::python_table(*udf, call.args);
}

}  // namespace hanok::analyzer
