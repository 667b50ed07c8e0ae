#include "commands/delta_predicate.h"

#include <map>

#include "delta/partition_value.h"
#include "delta/snapshot.h"

namespace hanok::commands {

namespace {

using delta::Predicate;
using delta::PredicateOp;
using delta::PredicatePtr;
using resolved::ExprKind;
using resolved::ExprPtr;

bool is_integer(const types::DataType& type) {
    return type.is(types::TypeId::kByte) || type.is(types::TypeId::kShort) ||
           type.is(types::TypeId::kInteger) || type.is(types::TypeId::kLong);
}

int integer_width(const types::DataType& type) {
    if (type.is(types::TypeId::kByte)) return 1;
    if (type.is(types::TypeId::kShort)) return 2;
    return type.is(types::TypeId::kInteger) ? 4 : 8;
}

// The expression below casts to wider integers, which change no value.
const ExprPtr& below_widening(const ExprPtr& e) {
    if (e->kind != ExprKind::kCast) return e;
    const auto& child = e->as<resolved::Cast>().child;
    bool widens = is_integer(*e->type) && is_integer(*child->type) &&
                  integer_width(*child->type) <= integer_width(*e->type);
    return widens ? below_widening(child) : e;
}

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

// The constant as a value of the column's type; nullopt when it is none, or NULL.
std::optional<types::Value> literal_of(const ExprPtr& given, const types::DataType& column) {
    const ExprPtr& e = below_widening(given);
    if (e->kind == ExprKind::kCast) {
        // DATE '…' and the like as a cast of a text that is written as the log writes dates.
        const auto& child = e->as<resolved::Cast>().child;
        bool is_date = column.is(types::TypeId::kDate) && e->type->same_type(column) &&
                       child->kind == ExprKind::kLiteral && child->type->is_string();
        if (!is_date || child->as<resolved::Literal>().value.is_null()) return std::nullopt;
        const auto& text = child->as<resolved::Literal>().value.as_string();
        auto value = delta::parse_partition_value(text, column);
        if (text.size() != 10 || value.is_null()) return std::nullopt;
        return value;
    }
    if (e->kind != ExprKind::kLiteral) return std::nullopt;
    const auto& literal = e->as<resolved::Literal>();
    bool fits = e->type->same_type(column) || (is_integer(*e->type) && is_integer(column));
    if (literal.value.is_null() || !fits) return std::nullopt;
    return literal.value;
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
    const ExprPtr& left = below_widening(a);
    auto path = column_path(left);
    if (!path.empty()) {
        auto value = literal_of(b, *left->type);
        return value ? Predicate::compare(op, path, *value) : Predicate::unknown();
    }
    const ExprPtr& right = below_widening(b);
    path = column_path(right);
    if (path.empty()) return Predicate::unknown();
    auto value = literal_of(a, *right->type);
    return value ? Predicate::compare(mirrored(op), path, *value) : Predicate::unknown();
}

PredicatePtr in_list(const resolved::Call& call) {
    const ExprPtr& column = below_widening(call.args[0]);
    auto path = column_path(column);
    if (path.empty()) return Predicate::unknown();
    std::vector<types::Value> values;
    for (size_t i = 1; i < call.args.size(); ++i) {
        auto value = literal_of(call.args[i], *column->type);
        if (!value) return Predicate::unknown();
        values.push_back(*value);
    }
    return Predicate::in(path, std::move(values));
}

// LIKE 'abc%': a prefix. With more after it the prefix is only part of what must hold.
PredicatePtr like(const resolved::Call& call) {
    auto path = column_path(call.args[0]);
    auto pattern = literal_of(call.args[1], *call.args[0]->type);
    if (path.empty() || !pattern || call.args.size() > 2) return Predicate::unknown();
    const auto& text = pattern->as_string();
    size_t end = text.find_first_of("%_\\");
    if (end == std::string::npos) return Predicate::compare(PredicateOp::kEq, path, *pattern);
    auto prefix = Predicate::starts_with(path, text.substr(0, end));
    if (text.substr(end) == "%") return prefix;
    return end == 0 ? Predicate::unknown() : Predicate::all_of({prefix, Predicate::unknown()});
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
        auto prefix = literal_of(call.args[1], *call.args[0]->type);
        return path.empty() || !prefix ? Predicate::unknown()
                                       : Predicate::starts_with(path, prefix->as_string());
    }
    if (call.function == "like") return like(call);
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
