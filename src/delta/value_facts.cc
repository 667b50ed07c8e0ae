#include "delta/value_facts.h"

#include <charconv>
#include <cmath>

#include "delta/partition_value.h"

namespace hanok::delta {

namespace {

using types::TypeId;
using types::Value;

constexpr int64_t kMicrosPerMilli = 1000;

bool is_float(const types::DataType& type) {
    return type.is(TypeId::kFloat) || type.is(TypeId::kDouble);
}

// Both of one type's representation; nullopt when they are not.
std::optional<int> compare(const Value& a, const Value& b) {
    if (a.v.index() != b.v.index()) return std::nullopt;
    auto order = [](const auto& x, const auto& y) { return x < y ? -1 : (y < x ? 1 : 0); };
    if (std::holds_alternative<int64_t>(a.v)) return order(a.as_int(), b.as_int());
    if (std::holds_alternative<bool>(a.v)) return order(a.as_bool(), b.as_bool());
    if (std::holds_alternative<types::Int128>(a.v)) return order(a.as_decimal(), b.as_decimal());
    if (std::holds_alternative<std::string>(a.v)) return a.as_string().compare(b.as_string());
    if (std::holds_alternative<double>(a.v)) {
        double x = a.as_double(), y = b.as_double();
        bool x_nan = std::isnan(x),
             y_nan = std::isnan(y);  // NaN is the greatest, and equals itself
        return x_nan || y_nan ? order(x_nan, y_nan) : order(x, y);
    }
    return std::nullopt;
}

Possible compare_facts(
    PredicateOp op, const ValueFacts& facts, const types::DataType& type, const Value& literal) {
    // A NaN may hide above the greatest value: writers leave it out of the bounds.
    bool hides_nan = is_float(type) && !facts.is_exact;
    bool below = true, equal = true,
         above = true;  // may a value be < literal, = literal, > literal
    std::optional<int> low = facts.min ? compare(*facts.min, literal) : std::nullopt;
    std::optional<int> high = facts.max ? compare(*facts.max, literal) : std::nullopt;
    if (low.has_value()) {
        below = low.value() < 0;
        equal = low.value() <= 0;
    }
    if (high.has_value() && !hides_nan) {
        above = high.value() > 0;
        equal = equal && high.value() >= 0;
    }
    Possible out{false, false, facts.may_be_null};
    if (!facts.may_be_value) return out;
    switch (op) {
        case PredicateOp::kEq: return {equal, above || below, facts.may_be_null};
        case PredicateOp::kNe: return {above || below, equal, facts.may_be_null};
        case PredicateOp::kLt: return {below, above || equal, facts.may_be_null};
        case PredicateOp::kLe: return {below || equal, above, facts.may_be_null};
        case PredicateOp::kGt: return {above, below || equal, facts.may_be_null};
        case PredicateOp::kGe: return {above || equal, below, facts.may_be_null};
        default: return {};
    }
}

Possible prefix_facts(const ValueFacts& facts, const std::string& prefix) {
    if (!facts.may_be_value) return {false, false, facts.may_be_null};
    bool possible = true;
    if (facts.min && facts.min->as_string().compare(0, prefix.size(), prefix) > 0) possible = false;
    if (facts.max && facts.max->as_string().compare(0, prefix.size(), prefix) < 0) possible = false;
    return {possible, true, facts.may_be_null};
}

std::optional<Value> bound_of(std::string_view text, const types::DataType& type, bool is_max) {
    if (type.is_string()) return types::string_value(std::string(text));
    Value value = parse_partition_value(std::string(text), type);
    if (value.is_null()) return std::nullopt;
    if (is_float(type) && std::isnan(value.as_double())) return std::nullopt;
    bool is_timestamp = type.is(TypeId::kTimestamp) || type.is(TypeId::kTimestampNtz);
    if (is_timestamp && is_max) {
        if (value.as_int() > INT64_MAX - kMicrosPerMilli) return std::nullopt;
        return types::int_value(value.as_int() + kMicrosPerMilli - 1);
    }
    return value;
}

}  // namespace

bool is_comparable(const types::DataType& type) {
    switch (type.id()) {
        case TypeId::kBoolean:
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kLong:
        case TypeId::kFloat:
        case TypeId::kDouble:
        case TypeId::kDecimal:
        case TypeId::kDate:
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz: return true;
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return type.is_default_collation();
        default: return false;
    }
}

Possible both(const Possible& a, const Possible& b) {
    return {a.can_be_true && b.can_be_true, a.can_be_false || b.can_be_false,
        a.can_be_null || b.can_be_null};
}

Possible either(const Possible& a, const Possible& b) {
    return {a.can_be_true || b.can_be_true, a.can_be_false && b.can_be_false,
        a.can_be_null || b.can_be_null};
}

Possible negated(const Possible& a) { return {a.can_be_false, a.can_be_true, a.can_be_null}; }

void set_stats_bound(const std::optional<std::string_view>& text, const types::DataType& type,
    bool is_max, std::optional<Value>* out) {
    if (!text) {
        out->reset();
        return;
    }
    if (type.is(TypeId::kLong)) {  // the most common one, without a copy
        int64_t value = 0;
        const char* end = text->data() + text->size();
        auto [stop, error] = std::from_chars(text->data(), end, value);
        if (error == std::errc() && stop == end) {
            if (!*out) out->emplace();
            (*out)->v = value;
            return;
        }
    }
    *out = bound_of(*text, type, is_max);
}

Possible evaluate_leaf(
    const Predicate& node, const ValueFacts& facts, const types::DataType& type) {
    switch (node.op) {
        case PredicateOp::kIsNull: return {facts.may_be_null, facts.may_be_value, false};
        case PredicateOp::kIsNotNull: return {facts.may_be_value, facts.may_be_null, false};
        case PredicateOp::kIn: {
            Possible out{false, true, facts.may_be_null};
            for (const Value& literal : node.literals) {
                out = literal.is_null()
                          ? either(out, {false, false, true})
                          : either(out, compare_facts(PredicateOp::kEq, facts, type, literal));
            }
            return out;
        }
        default: break;
    }
    const Value& literal = node.literals.at(0);
    if (node.op == PredicateOp::kNullSafeEq) {
        if (literal.is_null()) return {facts.may_be_null, facts.may_be_value, false};
        Possible equal = compare_facts(PredicateOp::kEq, facts, type, literal);
        return {equal.can_be_true, equal.can_be_false || facts.may_be_null, false};
    }
    if (literal.is_null()) return {false, false, true};
    if (node.op == PredicateOp::kStartsWith) {
        if (!type.is_string()) return {};
        return prefix_facts(facts, literal.as_string());
    }
    return compare_facts(node.op, facts, type, literal);
}

}  // namespace hanok::delta
