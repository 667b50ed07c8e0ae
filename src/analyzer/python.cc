// Python functions: in expressions, as aggregates, and over whole relations and groups.

#include "analyzer/fresh_columns.h"
#include "analyzer/impl.h"
#include "analyzer/script_transform.h"
#include "plan/script_transform.h"
#include "resolved/python_eval_type.h"
#include "resolved/python_gather.h"

namespace hanok::analyzer {

namespace eval_type = resolved::eval_type;
using resolved::Attributes;
using resolved::ExprPtr;
using resolved::PythonShape;

using Impl = Analyzer::Impl;

namespace {

std::shared_ptr<resolved::PythonUdf> bare(const plan::PythonUdf& udf) {
    auto made = std::make_shared<resolved::PythonUdf>(
        types::DataType::replace_char_varchar(udf.output_type));
    made->name = udf.name;
    made->eval_type = udf.eval_type;
    made->command = udf.command;
    made->python_version = udf.python_version;
    made->deterministic = udf.deterministic;
    made->origin = udf.origin;
    return made;
}

// The columns of a function that gives rows.
Attributes result_columns(const resolved::PythonUdf& udf) {
    Attributes out;
    if (!udf.type->is(types::TypeId::kStruct)) {
        throw Error(ErrorKind::kInvalidPlanInput, "CONNECT_INVALID_PLAN.EXPECTED_STRUCT_TYPE",
            {{"type", udf.type->simple_string()}});
    }
    for (const auto& f : udf.type->fields())
        out.push_back(Impl::new_attribute(f.name, f.type, f.nullable));
    return out;
}

}  // namespace

Typed Impl::python_udf(const plan::PythonUdf& udf) {
    bool aggregates = eval_type::is_aggregate(udf.eval_type);
    if (!aggregates && !eval_type::is_scalar(udf.eval_type)) {
        throw unsupported_feature(
            "Python functions of evaluation type " + std::to_string(udf.eval_type));
    }
    if (aggregates && context->in_aggregate) throw analysis_error("NESTED_AGGREGATE_FUNCTION");
    Context inner = *context;
    inner.in_aggregate = context->in_aggregate || (aggregates && !context->in_window);
    inner.in_window = false;
    WithContext current(*this, inner);
    auto made = bare(udf);
    std::string names;
    for (const auto& arg : udf.args) {
        bool named = arg->kind == plan::ExprKind::kNamedArgument;
        auto typed = expression(arg);
        made->args.push_back(typed.expr);
        made->arg_names.push_back(named ? arg->as<plan::NamedArgument>().name : "");
        names += (names.empty() ? "" : ", ") +
                 (named ? made->arg_names.back() + " => " : std::string()) + typed.name;
    }
    auto name = udf.name + "(" + names + ")";
    if (!aggregates) return {made, name};
    auto aggregate = std::make_shared<resolved::Aggregate>(
        resolved::kPythonAggregate, std::move(made->args), made->type, true);
    aggregate->origin = udf.origin;
    made->args.clear();
    aggregate->python = std::move(made);
    return {aggregate, name};
}

Rel Impl::resolve_map_in_python(const plan::MapInPython& map) {
    if (plan::is_script_transform(map)) return resolve_script_transform(*this, map);
    auto child = trim(resolve(map.child));
    auto stage = std::make_shared<resolved::PythonStage>();
    auto udf = bare(map.function->as<plan::PythonUdf>());
    stage->shape = PythonShape::kMap;
    stage->child = child.plan;
    stage->arguments = child.plan->output;
    stage->results = result_columns(*udf);
    stage->output = stage->results;
    stage->functions = {std::move(udf)};
    return leaf(stage);
}

// The child's rows by the grouping expressions. Every row holds all columns and, behind them, keys
// that are none of them.
resolved::Gathered Impl::gather_groups(
    const plan::RelationPtr& relation, const plan::Exprs& grouping) {
    auto child = trim(resolve(relation));
    Context c;
    c.input = &child;
    resolved::Exprs exprs;
    for (const auto& typed : resolve_in(c, grouping)) exprs.push_back(typed.expr);
    Attributes keys;
    auto below = resolved::with_computed(child.plan, exprs, Analyzer::next_id, &keys);
    auto gathered = resolved::gather_rows(below, keys, below->output, {}, Analyzer::next_id);
    gathered.group.values = child.plan->output.size();
    return gathered;
}

Rel Impl::resolve_group_map(const plan::GroupMap& map) {
    auto gathered = gather_groups(map.child, map.grouping);
    auto stage = std::make_shared<resolved::PythonStage>();
    auto udf = bare(map.function->as<plan::PythonUdf>());
    stage->shape = PythonShape::kGroupedMap;
    stage->child = gathered.plan;
    stage->groups = {gathered.group};
    stage->results = result_columns(*udf);
    stage->output = stage->results;
    stage->functions = {std::move(udf)};
    return leaf(stage);
}

Rel Impl::resolve_cogroup_map(const plan::CoGroupMap& map) {
    auto left = gather_groups(map.left, map.left_grouping);
    auto right = gather_groups(map.right, map.right_grouping);
    auto keys_of = [](const resolved::Gathered& side) {
        auto keys = side.plan->output;
        keys.pop_back();
        return keys;
    };
    auto left_keys = keys_of(left);
    auto right_keys = keys_of(right);
    if (left_keys.size() != right_keys.size()) {
        throw Error(ErrorKind::kInvalidPlanInput, "CONNECT_INVALID_PLAN.COGROUP_KEY_MISMATCH",
            {{"left", std::to_string(left_keys.size())},
                {"right", std::to_string(right_keys.size())}});
    }
    auto join = std::make_shared<resolved::Join>();
    join->left = left.plan;
    // A relation cogrouped with itself has every id twice.
    join->right = with_fresh_columns(right.plan);
    right.group.rows = join->right->output.back().id;
    right_keys = join->right->output;
    right_keys.pop_back();
    join->type = resolved::JoinType::kFull;
    join->output = concat(join->left->output, join->right->output);
    for (auto& a : join->output) a.nullable = true;
    std::vector<resolved::SortOrder> order;
    for (size_t i = 0; i < left_keys.size(); ++i) {
        auto same = call("<=>", {resolved::ref(left_keys[i]), resolved::ref(right_keys[i])});
        join->condition = join->condition ? call("and", {join->condition, same}) : same;
        order.push_back(
            {call("coalesce", {resolved::ref(left_keys[i]), resolved::ref(right_keys[i])}), true,
                true});
    }
    if (!join->condition) join->condition = bool_literal(true);
    auto sort = std::make_shared<resolved::Sort>();
    sort->child = join;
    sort->order = std::move(order);
    sort->output = join->output;
    auto stage = std::make_shared<resolved::PythonStage>();
    auto udf = bare(map.function->as<plan::PythonUdf>());
    stage->shape = PythonShape::kCogroupedMap;
    stage->child = sort;
    stage->groups = {left.group, right.group};
    stage->results = result_columns(*udf);
    stage->output = stage->results;
    stage->functions = {std::move(udf)};
    return leaf(stage);
}

}  // namespace hanok::analyzer
