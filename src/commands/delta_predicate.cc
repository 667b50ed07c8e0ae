#include "commands/delta_predicate.h"

#include <map>

#include "delta/snapshot.h"

namespace hanok::commands {

namespace {

using delta::Predicate;
using delta::PredicateOp;
using delta::PredicatePtr;
using resolved::ExprKind;
using resolved::ExprPtr;

// A column, or a field of one; empty for anything else.
std::vector<std::string> column_path(const ExprPtr& e) {
    if (e->kind == ExprKind::kAttribute) return {e->as<resolved::AttributeRef>().name};
    if (e->kind != ExprKind::kCall) return {};
    const auto& call = e->as<resolved::Call>();
    if (call.function != "get_struct_field" || call.args[1]->kind != ExprKind::kLiteral) return {};
    auto path = column_path(call.args[0]);
    const auto& position = call.args[1]->as<resolved::Literal>().value;
    if (path.empty() || !std::holds_alternative<int64_t>(position.v)) return {};
    path.push_back(call.args[0]->type->fields()[static_cast<size_t>(position.as_int())].name);
    return path;
}

const types::Value* literal_of(const ExprPtr& e, const types::DataType& column) {
    if (e->kind != ExprKind::kLiteral) return nullptr;
    const auto& literal = e->as<resolved::Literal>();
    if (literal.value.is_null() || !e->type->same_type(column)) return nullptr;
    return &literal.value;
}

PredicateOp mirrored(PredicateOp op) {
    switch (op) {
        case PredicateOp::kLt: return PredicateOp::kGt;
        case PredicateOp::kLe: return PredicateOp::kGe;
        case PredicateOp::kGt: return PredicateOp::kLt;
        case PredicateOp::kGe: return PredicateOp::kLe;
        default: return op;
    }
}

PredicatePtr comparison(PredicateOp op, const ExprPtr& a, const ExprPtr& b) {
    auto left = column_path(a);
    if (!left.empty()) {
        if (const auto* value = literal_of(b, *a->type))
            return Predicate::compare(op, left, *value);
        return Predicate::unknown();
    }
    auto right = column_path(b);
    if (right.empty()) return Predicate::unknown();
    if (const auto* value = literal_of(a, *b->type))
        return Predicate::compare(mirrored(op), right, *value);
    return Predicate::unknown();
}

PredicatePtr in_list(const resolved::Call& call) {
    auto path = column_path(call.args[0]);
    if (path.empty()) return Predicate::unknown();
    std::vector<types::Value> values;
    for (size_t i = 1; i < call.args.size(); ++i) {
        const auto* value = literal_of(call.args[i], *call.args[0]->type);
        if (!value) return Predicate::unknown();
        values.push_back(*value);
    }
    return Predicate::in(path, std::move(values));
}

PredicatePtr from_call(const resolved::Call& call) {
    static const std::map<std::string, PredicateOp> comparisons = {{"=", PredicateOp::kEq},
        {"==", PredicateOp::kEq}, {"<=>", PredicateOp::kNullSafeEq}, {"!=", PredicateOp::kNe},
        {"<>", PredicateOp::kNe}, {"<", PredicateOp::kLt}, {"<=", PredicateOp::kLe},
        {">", PredicateOp::kGt}, {">=", PredicateOp::kGe}};
    std::vector<PredicatePtr> children;
    if (call.function == "and" || call.function == "or") {
        for (const auto& arg : call.args) children.push_back(to_delta_predicate(arg));
        return call.function == "and" ? Predicate::all_of(std::move(children))
                                      : Predicate::any_of(std::move(children));
    }
    if (call.function == "not") return Predicate::negate(to_delta_predicate(call.args[0]));
    if (call.function == "in") return in_list(call);
    if (call.function == "isnull" || call.function == "isnotnull") {
        auto path = column_path(call.args[0]);
        if (path.empty()) return Predicate::unknown();
        return call.function == "isnull" ? Predicate::is_null(path) : Predicate::is_not_null(path);
    }
    if (call.function == "startswith") {
        auto path = column_path(call.args[0]);
        const auto* prefix = literal_of(call.args[1], *call.args[0]->type);
        return path.empty() || !prefix ? Predicate::unknown()
                                       : Predicate::starts_with(path, prefix->as_string());
    }
    auto op = comparisons.find(call.function);
    if (op == comparisons.end() || call.args.size() != 2) return Predicate::unknown();
    return comparison(op->second, call.args[0], call.args[1]);
}

}  // namespace

PredicatePtr to_delta_predicate(const ExprPtr& condition) {
    if (!condition) return nullptr;
    if (condition->kind == ExprKind::kCall) return from_call(condition->as<resolved::Call>());
    if (condition->kind == ExprKind::kLiteral && condition->type->is(types::TypeId::kBoolean)) {
        const auto& value = condition->as<resolved::Literal>().value;
        if (!value.is_null()) return Predicate::constant(value.as_bool());
    }
    return Predicate::unknown();
}

resolved::Attributes table_attributes(
    const types::DataType& schema, const std::vector<std::string>& qualifier) {
    resolved::Attributes out;
    for (const auto& f : schema.fields()) {
        out.push_back(
            {analyzer::Analyzer::next_id(), f.name, f.type, f.nullable, qualifier, f.metadata});
    }
    return out;
}

ReplaceWhere replace_where_files(session::Session& session, const DeltaTarget& target,
    const delta::Snapshot& snapshot, const plan::ExprPtr& condition) {
    auto attributes = table_attributes(*snapshot.schema(), target.qualifier);
    auto typed = session.analyzer()->analyze_expression(condition, attributes);
    ReplaceWhere out;
    out.predicate = to_delta_predicate(typed);
    delta::FileSkipper skipper(snapshot, out.predicate);
    out.keeps_rows = !skipper.is_partition_only();
    for (const auto* file : snapshot.files()) {
        bool hit = out.keeps_rows ? skipper.evaluate(*file).can_be_true
                                  : skipper.evaluate_partitions(file->partition_values).can_be_true;
        if (hit) out.files.push_back(file);
    }
    return out;
}

}  // namespace hanok::commands
