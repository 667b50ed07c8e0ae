#include "engine/io/jdbc_filter.h"

#include <set>

#include "jdbc/dialect.h"
#include "types/datetime_text.h"

namespace hanok::engine {

namespace {

using delta::Predicate;
using delta::PredicateOp;

const char* operator_of(PredicateOp op) {
    switch (op) {
        case PredicateOp::kEq: return " = ";
        case PredicateOp::kNe: return " <> ";
        case PredicateOp::kLt: return " < ";
        case PredicateOp::kLe: return " <= ";
        case PredicateOp::kGt: return " > ";
        case PredicateOp::kGe: return " >= ";
        default: return nullptr;
    }
}

}  // namespace

const ScanColumn* JdbcFilter::column(const Predicate& predicate) const {
    if (predicate.column.size() != 1) return nullptr;
    for (const auto& column : columns_) {
        if (column.kind == ScanColumnKind::kData && column.source_name == predicate.column[0])
            return &column;
    }
    return nullptr;
}

JdbcFilter::Kind JdbcFilter::kind_of(const ScanColumn& column) const {
    static const std::set<std::string> numbers = {"int2", "int4", "int8", "numeric", "tinyint",
        "smallint", "mediumint", "int", "integer", "bigint", "decimal"};
    static const std::set<std::string> texts = {"text", "varchar", "bpchar", "char"};
    const jdbc::Column* native = nullptr;
    for (const auto& one : native_) {
        if (one.name == column.in_file.name) native = &one;
    }
    if (!native) return Kind::kNone;
    bool is_sqlite = database_ == jdbc::Database::kSqlite;
    std::string name = native->native_type.substr(0, native->native_type.find(' '));
    const auto& type = *column.type;
    bool is_decimal = type.is(types::TypeId::kDecimal);
    if ((type.is_integral() || (is_decimal && !is_sqlite)) && numbers.contains(name))
        return Kind::kNumber;
    if (type.is(types::TypeId::kString) && type.is_default_collation() && texts.contains(name))
        return Kind::kText;
    if (type.is(types::TypeId::kDate) && name == "date" && !is_sqlite) return Kind::kDate;
    return Kind::kNone;
}

std::optional<std::string> JdbcFilter::literal(
    const ScanColumn& column, const types::Value& value) const {
    if (value.is_null()) return std::nullopt;
    switch (kind_of(column)) {
        case Kind::kNumber:
            if (column.type->is(types::TypeId::kDecimal))
                return types::decimal_to_string(value.as_decimal(), column.type->scale());
            return std::to_string(value.as_int());
        case Kind::kDate: return "'" + types::date_to_string(value.as_int()) + "'";
        case Kind::kText: {
            const std::string& text = value.as_string();
            // Backslashes mean one thing or another by the server's settings.
            if (text.find('\\') != std::string::npos || text.find('\0') != std::string::npos)
                return std::nullopt;
            std::string out = "'";
            for (char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
            return out + "'";
        }
        default: return std::nullopt;
    }
}

std::optional<std::string> JdbcFilter::compared(const Predicate& predicate) const {
    const auto* found = column(predicate);
    if (!found || predicate.literals.size() != 1) return std::nullopt;
    // A database may take strings for equal that Spark does not, and order them otherwise.
    if (kind_of(*found) == Kind::kText && predicate.op != PredicateOp::kEq) return std::nullopt;
    auto value = literal(*found, predicate.literals[0]);
    if (!value) return std::nullopt;
    return jdbc::quoted(database_, found->in_file.name) + operator_of(predicate.op) + *value;
}

std::optional<std::string> JdbcFilter::listed(const Predicate& predicate) const {
    constexpr size_t kMostValues = 1000;
    const auto* found = column(predicate);
    if (!found || predicate.literals.empty() || predicate.literals.size() > kMostValues)
        return std::nullopt;
    std::string values;
    for (const auto& one : predicate.literals) {
        if (one.is_null()) continue;
        auto value = literal(*found, one);
        if (!value) return std::nullopt;
        values += (values.empty() ? "" : ", ") + *value;
    }
    if (values.empty()) return std::nullopt;
    return jdbc::quoted(database_, found->in_file.name) + " IN (" + values + ")";
}

std::optional<std::string> JdbcFilter::joined(const Predicate& predicate) const {
    bool is_and = predicate.op == PredicateOp::kAnd;
    std::string out;
    for (const auto& child : predicate.children) {
        auto text = sql(*child);
        if (!text && is_and) continue;
        if (!text) return std::nullopt;
        out += (out.empty() ? "(" : is_and ? " AND (" : " OR (") + *text + ")";
    }
    return out.empty() ? std::nullopt : std::optional(out);
}

std::optional<std::string> JdbcFilter::sql(const Predicate& predicate) const {
    switch (predicate.op) {
        case PredicateOp::kAnd:
        case PredicateOp::kOr: return joined(predicate);
        case PredicateOp::kIn: return listed(predicate);
        case PredicateOp::kIsNull:
        case PredicateOp::kIsNotNull: {
            const auto* found = column(predicate);
            if (!found) return std::nullopt;
            return jdbc::quoted(database_, found->in_file.name) +
                   (predicate.op == PredicateOp::kIsNull ? " IS NULL" : " IS NOT NULL");
        }
        default: return operator_of(predicate.op) ? compared(predicate) : std::nullopt;
    }
}

}  // namespace hanok::engine
