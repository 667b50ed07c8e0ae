#include "engine/io/skipping_predicate.h"

#include <duckdb/planner/expression/list.hpp>
#include <duckdb/planner/filter/conjunction_filter.hpp>
#include <duckdb/planner/filter/constant_filter.hpp>
#include <duckdb/planner/filter/dynamic_filter.hpp>
#include <duckdb/planner/filter/in_filter.hpp>
#include <duckdb/planner/filter/optional_filter.hpp>
#include <duckdb/planner/filter/struct_filter.hpp>

#include "engine/types/logical_types.h"

namespace hanok::engine {

namespace {

using delta::Predicate;
using delta::PredicateOp;
using delta::PredicatePtr;
using duckdb::ExpressionClass;
using duckdb::ExpressionType;

// A column or a field inside it.
struct Target {
    std::vector<std::string> path;
    types::TypePtr type;
};

// Timestamps in partition values may lack a zone, which only the session knows; file_pruning
// compares them as they are read.
bool is_prunable(const ScanColumn& column) {
    if (column.kind == ScanColumnKind::kPartition)
        return !column.type->is(types::TypeId::kTimestamp);
    return column.kind == ScanColumnKind::kData;
}

std::optional<Target> field_of(Target parent, size_t index) {
    if (!parent.type->is(types::TypeId::kStruct) || index >= parent.type->fields().size())
        return std::nullopt;
    const auto& field = parent.type->fields()[index];
    parent.path.push_back(field.name);
    parent.type = field.type;
    return parent;
}

// Casts that keep every value, so that comparing before or after them is the same.
bool is_widening(const duckdb::LogicalType& from, const duckdb::LogicalType& to) {
    auto signed_integer = [](const duckdb::LogicalType& t) {
        return t.IsIntegral() && t.id() != duckdb::LogicalTypeId::UBIGINT &&
               t.id() != duckdb::LogicalTypeId::UHUGEINT;
    };
    return signed_integer(from) && signed_integer(to) &&
           duckdb::GetTypeIdSize(from.InternalType()) <= duckdb::GetTypeIdSize(to.InternalType());
}

std::optional<Target> target_of(
    const duckdb::Expression& expression, const DataScan& scan, const FilterColumns& columns) {
    switch (expression.GetExpressionClass()) {
        case ExpressionClass::BOUND_COLUMN_REF: {
            const auto& binding = expression.Cast<duckdb::BoundColumnRefExpression>().binding;
            if (binding.table_index != columns.table_index ||
                binding.column_index >= columns.column_ids.size()) {
                return std::nullopt;
            }
            auto id = columns.column_ids[binding.column_index];
            if (id >= scan.columns().size() || !is_prunable(scan.columns()[id]))
                return std::nullopt;
            return Target{{scan.columns()[id].source_name}, scan.columns()[id].type};
        }
        case ExpressionClass::BOUND_CAST: {
            const auto& cast = expression.Cast<duckdb::BoundCastExpression>();
            if (!is_widening(cast.child->return_type, cast.return_type)) return std::nullopt;
            return target_of(*cast.child, scan, columns);
        }
        case ExpressionClass::BOUND_FUNCTION: {
            const auto& call = expression.Cast<duckdb::BoundFunctionExpression>();
            auto index = extracted_index(call);
            if (!index) return std::nullopt;
            auto parent = target_of(*call.children[0], scan, columns);
            return parent ? field_of(std::move(*parent), *index) : std::nullopt;
        }
        default: return std::nullopt;
    }
}

// The constant in the target's type; nullopt when it is not exactly representable there.
std::optional<types::Value> literal_for(const Target& target, const duckdb::Value& constant) {
    auto type = to_logical_type(*target.type);
    if (constant.IsNull()) return types::Value();
    if (constant.type() == type) return from_duckdb_value(constant, *target.type);
    duckdb::Value converted;
    duckdb::Value back;
    std::string error;
    if (!constant.DefaultTryCastAs(type, converted, &error, true) ||
        !converted.DefaultTryCastAs(constant.type(), back, &error, true) || !(back == constant)) {
        return std::nullopt;
    }
    return from_duckdb_value(converted, *target.type);
}

std::optional<PredicateOp> comparison_op(ExpressionType type) {
    switch (type) {
        case ExpressionType::COMPARE_EQUAL: return PredicateOp::kEq;
        case ExpressionType::COMPARE_NOTEQUAL: return PredicateOp::kNe;
        case ExpressionType::COMPARE_LESSTHAN: return PredicateOp::kLt;
        case ExpressionType::COMPARE_LESSTHANOREQUALTO: return PredicateOp::kLe;
        case ExpressionType::COMPARE_GREATERTHAN: return PredicateOp::kGt;
        case ExpressionType::COMPARE_GREATERTHANOREQUALTO: return PredicateOp::kGe;
        case ExpressionType::COMPARE_NOT_DISTINCT_FROM: return PredicateOp::kNullSafeEq;
        default: return std::nullopt;
    }
}

PredicatePtr compare(ExpressionType type, const Target& target, const duckdb::Value& constant) {
    auto op = comparison_op(type);
    auto literal = literal_for(target, constant);
    if (!op || !literal || !target.type->is_default_collation()) return Predicate::unknown();
    return Predicate::compare(*op, target.path, std::move(*literal));
}

PredicatePtr in_list(const Target& target, const duckdb::vector<duckdb::Value>& constants) {
    std::vector<types::Value> literals;
    for (const auto& constant : constants) {
        auto literal = literal_for(target, constant);
        if (!literal) return Predicate::unknown();
        literals.push_back(std::move(*literal));
    }
    if (!target.type->is_default_collation()) return Predicate::unknown();
    return Predicate::in(target.path, std::move(literals));
}

class Translator {
public:
    Translator(const DataScan& scan, const FilterColumns& columns)
        : scan_(scan), columns_(columns) {}

    PredicatePtr translate(const duckdb::Expression& expression) const {
        switch (expression.GetExpressionClass()) {
            case ExpressionClass::BOUND_CONJUNCTION: return conjunction(expression);
            case ExpressionClass::BOUND_COMPARISON: return comparison(expression);
            case ExpressionClass::BOUND_BETWEEN: return between(expression);
            case ExpressionClass::BOUND_OPERATOR: return operation(expression);
            case ExpressionClass::BOUND_FUNCTION: return function(expression);
            case ExpressionClass::BOUND_CONSTANT: return constant(expression);
            default: return boolean_column(expression);
        }
    }

private:
    PredicatePtr conjunction(const duckdb::Expression& expression) const {
        std::vector<PredicatePtr> children;
        for (const auto& child : expression.Cast<duckdb::BoundConjunctionExpression>().children) {
            children.push_back(translate(*child));
        }
        return expression.GetExpressionType() == ExpressionType::CONJUNCTION_AND
                   ? Predicate::all_of(std::move(children))
                   : Predicate::any_of(std::move(children));
    }

    PredicatePtr comparison(const duckdb::Expression& expression) const {
        const auto& comparison = expression.Cast<duckdb::BoundComparisonExpression>();
        return compare_sides(comparison.GetExpressionType(), *comparison.left, *comparison.right);
    }

    PredicatePtr compare_sides(ExpressionType type, const duckdb::Expression& left,
        const duckdb::Expression& right) const {
        if (right.GetExpressionClass() == ExpressionClass::BOUND_CONSTANT) {
            auto target = target_of(left, scan_, columns_);
            return target
                       ? compare(type, *target, right.Cast<duckdb::BoundConstantExpression>().value)
                       : Predicate::unknown();
        }
        if (left.GetExpressionClass() == ExpressionClass::BOUND_CONSTANT) {
            return compare_sides(duckdb::FlipComparisonExpression(type), right, left);
        }
        return Predicate::unknown();
    }

    PredicatePtr between(const duckdb::Expression& expression) const {
        const auto& range = expression.Cast<duckdb::BoundBetweenExpression>();
        return Predicate::all_of(
            {compare_sides(range.LowerComparisonType(), *range.input, *range.lower),
                compare_sides(range.UpperComparisonType(), *range.input, *range.upper)});
    }

    PredicatePtr operation(const duckdb::Expression& expression) const {
        const auto& children = expression.Cast<duckdb::BoundOperatorExpression>().children;
        auto type = expression.GetExpressionType();
        if (type == ExpressionType::OPERATOR_NOT) return Predicate::negate(translate(*children[0]));
        if (type == ExpressionType::OPERATOR_IS_NULL ||
            type == ExpressionType::OPERATOR_IS_NOT_NULL) {
            auto target = target_of(*children[0], scan_, columns_);
            if (!target) return Predicate::unknown();
            return type == ExpressionType::OPERATOR_IS_NULL ? Predicate::is_null(target->path)
                                                            : Predicate::is_not_null(target->path);
        }
        if (type == ExpressionType::COMPARE_IN || type == ExpressionType::COMPARE_NOT_IN) {
            auto target = target_of(*children[0], scan_, columns_);
            duckdb::vector<duckdb::Value> constants;
            for (size_t i = 1; i < children.size() && target; i++) {
                if (children[i]->GetExpressionClass() != ExpressionClass::BOUND_CONSTANT)
                    return Predicate::unknown();
                constants.push_back(children[i]->Cast<duckdb::BoundConstantExpression>().value);
            }
            if (!target) return Predicate::unknown();
            auto in = in_list(*target, constants);
            return type == ExpressionType::COMPARE_IN ? in : Predicate::negate(in);
        }
        return Predicate::unknown();
    }

    PredicatePtr function(const duckdb::Expression& expression) const {
        const auto& call = expression.Cast<duckdb::BoundFunctionExpression>();
        const auto& name = call.function.name;
        bool is_prefix = name == "prefix" || name == "starts_with" || name == "^@" ||
                         name == "spark_startswith";
        if (is_prefix && call.children.size() == 2 &&
            call.children[1]->GetExpressionClass() == ExpressionClass::BOUND_CONSTANT) {
            auto target = target_of(*call.children[0], scan_, columns_);
            const auto& prefix = call.children[1]->Cast<duckdb::BoundConstantExpression>().value;
            bool is_text = prefix.type().id() == duckdb::LogicalTypeId::VARCHAR && !prefix.IsNull();
            if (target && is_text && target->type->is_string() &&
                target->type->is_default_collation()) {
                return Predicate::starts_with(target->path, duckdb::StringValue::Get(prefix));
            }
        }
        if (name == "~~" || name == "like_escape") return like(call);
        return boolean_column(expression);
    }

    // LIKE 'abc%d': what stands before the first wildcard has to be there.
    PredicatePtr like(const duckdb::BoundFunctionExpression& call) const {
        auto target = target_of(*call.children[0], scan_, columns_);
        bool is_constant = call.children[1]->GetExpressionClass() ==
                           ExpressionClass::BOUND_CONSTANT;
        if (!target || !is_constant || !target->type->is_string() ||
            !target->type->is_default_collation())
            return Predicate::unknown();
        const auto& pattern = call.children[1]->Cast<duckdb::BoundConstantExpression>().value;
        bool is_text = pattern.type().id() == duckdb::LogicalTypeId::VARCHAR && !pattern.IsNull();
        if (!is_text) return Predicate::unknown();
        const auto& text = duckdb::StringValue::Get(pattern);
        std::string stops = "%_\\";
        if (call.children.size() > 2) {
            if (call.children[2]->GetExpressionClass() != ExpressionClass::BOUND_CONSTANT)
                return Predicate::unknown();
            stops += call.children[2]->Cast<duckdb::BoundConstantExpression>().value.ToString();
        }
        size_t end = text.find_first_of(stops);
        if (end == 0 || end == std::string::npos) return Predicate::unknown();
        return Predicate::all_of(
            {Predicate::starts_with(target->path, text.substr(0, end)), Predicate::unknown()});
    }

    PredicatePtr constant(const duckdb::Expression& expression) const {
        const auto& value = expression.Cast<duckdb::BoundConstantExpression>().value;
        if (value.type().id() != duckdb::LogicalTypeId::BOOLEAN) return Predicate::unknown();
        return Predicate::constant(!value.IsNull() && duckdb::BooleanValue::Get(value));
    }

    // WHERE flag
    PredicatePtr boolean_column(const duckdb::Expression& expression) const {
        auto target = target_of(expression, scan_, columns_);
        if (!target || !target->type->is(types::TypeId::kBoolean)) return Predicate::unknown();
        return Predicate::compare(PredicateOp::kEq, target->path, types::bool_value(true));
    }

    const DataScan& scan_;
    const FilterColumns& columns_;
};

PredicatePtr of_filter(const duckdb::TableFilter& filter, const Target& target);

std::vector<PredicatePtr> of_filters(
    const duckdb::vector<duckdb::unique_ptr<duckdb::TableFilter>>& filters, const Target& target) {
    std::vector<PredicatePtr> result;
    for (const auto& filter : filters) result.push_back(of_filter(*filter, target));
    return result;
}

PredicatePtr of_dynamic(const duckdb::DynamicFilter& filter, const Target& target) {
    if (!filter.filter_data) return Predicate::unknown();
    duckdb::lock_guard<duckdb::mutex> guard(filter.filter_data->lock);
    if (!filter.filter_data->initialized || !filter.filter_data->filter)
        return Predicate::unknown();
    return of_filter(*filter.filter_data->filter, target);
}

PredicatePtr of_filter(const duckdb::TableFilter& filter, const Target& target) {
    switch (filter.filter_type) {
        case duckdb::TableFilterType::CONSTANT_COMPARISON: {
            const auto& constant = filter.Cast<duckdb::ConstantFilter>();
            return compare(constant.comparison_type, target, constant.constant);
        }
        case duckdb::TableFilterType::IS_NULL: return Predicate::is_null(target.path);
        case duckdb::TableFilterType::IS_NOT_NULL: return Predicate::is_not_null(target.path);
        case duckdb::TableFilterType::IN_FILTER:
            return in_list(target, filter.Cast<duckdb::InFilter>().values);
        case duckdb::TableFilterType::CONJUNCTION_AND:
            return Predicate::all_of(
                of_filters(filter.Cast<duckdb::ConjunctionAndFilter>().child_filters, target));
        case duckdb::TableFilterType::CONJUNCTION_OR:
            return Predicate::any_of(
                of_filters(filter.Cast<duckdb::ConjunctionOrFilter>().child_filters, target));
        case duckdb::TableFilterType::OPTIONAL_FILTER: {
            const auto& child = filter.Cast<duckdb::OptionalFilter>().child_filter;
            return child ? of_filter(*child, target) : Predicate::unknown();
        }
        case duckdb::TableFilterType::DYNAMIC_FILTER:
            return of_dynamic(filter.Cast<duckdb::DynamicFilter>(), target);
        case duckdb::TableFilterType::STRUCT_EXTRACT: {
            const auto& extract = filter.Cast<duckdb::StructFilter>();
            auto field = field_of(target, extract.child_idx);
            return field ? of_filter(*extract.child_filter, *field) : Predicate::unknown();
        }
        default: return Predicate::unknown();
    }
}

}  // namespace

std::optional<size_t> extracted_index(const duckdb::BoundFunctionExpression& call) {
    if (call.children.size() != 2 ||
        call.children[1]->GetExpressionClass() != ExpressionClass::BOUND_CONSTANT) {
        return std::nullopt;
    }
    const auto& key = call.children[1]->Cast<duckdb::BoundConstantExpression>().value;
    if (key.IsNull()) return std::nullopt;
    if (call.function.name == "struct_extract_at") {
        auto position = key.GetValue<int64_t>();
        return position > 0 ? std::optional<size_t>(position - 1) : std::nullopt;
    }
    if (call.function.name != "struct_extract" ||
        key.type().id() != duckdb::LogicalTypeId::VARCHAR) {
        return std::nullopt;
    }
    const auto& children = duckdb::StructType::GetChildTypes(call.children[0]->return_type);
    for (size_t i = 0; i < children.size(); i++) {
        if (duckdb::StringUtil::CIEquals(children[i].first, duckdb::StringValue::Get(key)))
            return i;
    }
    return std::nullopt;
}

PredicatePtr predicate_of(
    const duckdb::Expression& filter, const DataScan& scan, const FilterColumns& columns) {
    return Translator(scan, columns).translate(filter);
}

PredicatePtr predicate_of(const duckdb::TableFilter& filter, const ScanColumn& column) {
    if (!is_prunable(column)) return Predicate::unknown();
    return of_filter(filter, Target{{column.source_name}, column.type});
}

}  // namespace hanok::engine
