#include "delta/file_skipping.h"

#include <simdjson.h>

#include <cmath>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "delta/column_mapping.h"
#include "delta/partition_value.h"
#include "delta/snapshot.h"

namespace hanok::delta {

namespace {

using types::TypeId;
using types::Value;

constexpr int64_t kMicrosPerMilli = 1000;

// What is known of a column's values in one file. The bounds hold for every value that is not null
// (and for floats, not NaN).
struct Facts {
    bool may_be_null = true;
    bool may_be_value = true;
    std::optional<Value> min;
    std::optional<Value> max;
    bool is_exact = false;  // min is the one value of every row, NaN included
};

struct Column {
    types::TypePtr type;
    int partition_index = -1;  // -1: a column of the data, with statistics
    std::string physical_partition_name;
    bool known = false;
};

struct RawFacts {
    std::optional<std::string> min;
    std::optional<std::string> max;
    std::optional<int64_t> null_count;
};

// The columns whose statistics are wanted, as a tree of physical names.
struct Wanted {
    std::string name;
    int column = -1;
    std::vector<Wanted> children;

    Wanted& child(const std::string& child_name) {
        for (Wanted& known : children) {
            if (known.name == child_name) return known;
        }
        children.push_back({child_name, -1, {}});
        return children.back();
    }
    const Wanted* find(std::string_view child_name) const {
        for (const Wanted& known : children) {
            if (known.name == child_name) return &known;
        }
        return nullptr;
    }
};

bool is_float(const types::DataType& type) {
    return type.is(TypeId::kFloat) || type.is(TypeId::kDouble);
}

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

// Both of one type's representation; nullopt when they are not.
std::optional<int> compare(const Value& a, const Value& b) {
    if (a.v.index() != b.v.index()) return std::nullopt;
    auto order = [](const auto& x, const auto& y) { return x < y ? -1 : (y < x ? 1 : 0); };
    if (std::holds_alternative<bool>(a.v)) return order(a.as_bool(), b.as_bool());
    if (std::holds_alternative<int64_t>(a.v)) return order(a.as_int(), b.as_int());
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
    PredicateOp op, const Facts& facts, const types::DataType& type, const Value& literal) {
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

Possible prefix_facts(const Facts& facts, const std::string& prefix) {
    if (!facts.may_be_value) return {false, false, facts.may_be_null};
    bool possible = true;
    if (facts.min && facts.min->as_string().compare(0, prefix.size(), prefix) > 0) possible = false;
    if (facts.max && facts.max->as_string().compare(0, prefix.size(), prefix) < 0) possible = false;
    return {possible, true, facts.may_be_null};
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

// A bound of the statistics as a value. Timestamps there are cut to milliseconds.
std::optional<Value> bound(
    const std::optional<std::string>& text, const types::DataType& type, bool is_max) {
    if (!text) return std::nullopt;
    if (type.is_string()) return types::string_value(*text);
    Value value = parse_partition_value(text, type);
    if (value.is_null()) return std::nullopt;
    if (is_float(type) && std::isnan(value.as_double())) return std::nullopt;
    bool is_timestamp = type.is(TypeId::kTimestamp) || type.is(TypeId::kTimestampNtz);
    if (is_timestamp && is_max) {
        if (value.as_int() > INT64_MAX - kMicrosPerMilli) return std::nullopt;
        return types::int_value(value.as_int() + kMicrosPerMilli - 1);
    }
    return value;
}

Possible evaluate_leaf(const Predicate& node, const Facts& facts, const types::DataType& type) {
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

const std::string kUtc = "UTC";

// Does the text of a timestamp say in which zone it is?
bool names_zone(const std::string& text) {
    return text.ends_with("Z") || text.find('+') != std::string::npos ||
           text.find('-', 10) != std::string::npos;
}

// Is the literal held as values of the type are?
bool is_held_as(const Value& literal, const types::DataType& type) {
    if (literal.is_null()) return true;
    switch (type.id()) {
        case TypeId::kBoolean: return std::holds_alternative<bool>(literal.v);
        case TypeId::kFloat:
        case TypeId::kDouble: return std::holds_alternative<double>(literal.v);
        case TypeId::kDecimal: return std::holds_alternative<types::Int128>(literal.v);
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: return std::holds_alternative<std::string>(literal.v);
        default: return std::holds_alternative<int64_t>(literal.v);
    }
}

}  // namespace

struct FileSkipper::State {
    State(const Snapshot& of, PredicatePtr wanted_predicate, std::string zone)
        : snapshot(of), predicate(std::move(wanted_predicate)), time_zone(std::move(zone)) {}

    const Snapshot& snapshot;
    PredicatePtr predicate;
    std::string time_zone;
    std::vector<Column> columns;
    std::unordered_map<const Predicate*, int> column_of;
    Wanted wanted;
    bool needs_statistics = false;
    bool partition_only = true;

    simdjson::ondemand::parser parser;
    std::string buffer;
    std::vector<RawFacts> raw;
    std::vector<Facts> facts;

    void collect(const Predicate& node);
    void resolve(const std::vector<std::string>& path, int index);
    void set_partition_facts(const PartitionValues& values);
    void set_statistics_facts(const std::string& stats);
    void read_statistics(const std::string& stats, std::optional<int64_t>* records);
    template <class Take>
    void walk(simdjson::ondemand::value json, const Wanted& at, Take take);
    Possible evaluate(const Predicate& node) const;
};

void FileSkipper::State::collect(const Predicate& node) {
    for (const PredicatePtr& child : node.children) collect(*child);
    if (node.op == PredicateOp::kUnknown) partition_only = false;
    if (node.column.empty()) return;
    int index = static_cast<int>(columns.size());
    columns.emplace_back();
    column_of[&node] = index;
    resolve(node.column, index);
    const Column& column = columns[static_cast<size_t>(index)];
    bool decides = column.partition_index >= 0 && is_comparable(*column.type) &&
                   !(column.type->is(TypeId::kTimestamp) && time_zone.empty());
    for (const Value& literal : node.literals)
        decides = decides && is_held_as(literal, *column.type);
    partition_only = partition_only && decides;
}

void FileSkipper::State::resolve(const std::vector<std::string>& path, int index) {
    Column& column = columns[static_cast<size_t>(index)];
    const auto& partitions = snapshot.partition_columns();
    for (size_t i = 0; path.size() == 1 && i < partitions.size(); i++) {
        if (!types::names_equal(partitions[i].name, path[0])) continue;
        column.type = partitions[i].type;
        column.partition_index = static_cast<int>(i);
        column.physical_partition_name = partitions[i].physical_name;
        column.known = true;
        return;
    }
    bool is_mapped = snapshot.column_mapping_mode() != ColumnMappingMode::kNone;
    types::TypePtr type = snapshot.schema();
    std::vector<std::string> physical;
    for (const std::string& name : path) {
        int found = type->is(TypeId::kStruct) ? type->field_index(name) : -1;
        if (found < 0) return;
        const types::StructField& field = type->fields()[static_cast<size_t>(found)];
        physical.push_back(is_mapped ? physical_name(field) : field.name);
        type = field.type;
    }
    if (type->is(TypeId::kStruct) || type->is(TypeId::kNull)) return;
    column.type = type;
    column.known = true;
    Wanted* at = &wanted;
    for (const std::string& name : physical) at = &at->child(name);
    // Several predicates on one column share its statistics through the same tree node.
    if (at->column >= 0) {
        for (auto& [node, known] : column_of) {
            if (known == index) known = at->column;
        }
        return;
    }
    at->column = index;
    needs_statistics = true;
}

void FileSkipper::State::set_partition_facts(const PartitionValues& values) {
    facts.assign(columns.size(), Facts());
    for (size_t i = 0; i < columns.size(); i++) {
        const Column& column = columns[i];
        if (column.partition_index < 0) continue;
        const auto* text = find_partition_value(values, column.physical_partition_name);
        const std::string& zone = time_zone.empty() ? kUtc : time_zone;
        Value value = text == nullptr ? Value() : parse_partition_value(*text, *column.type, zone);
        Facts& fact = facts[i];
        fact.may_be_null = value.is_null();
        fact.may_be_value = !value.is_null();
        bool depends_on_zone = column.type->is(TypeId::kTimestamp) && time_zone.empty();
        if (value.is_null() || !is_comparable(*column.type) ||
            (depends_on_zone && !names_zone(**text)))
            continue;
        fact.is_exact = true;
        fact.min = fact.max = std::move(value);
    }
}

template <class Take>
void FileSkipper::State::walk(simdjson::ondemand::value json, const Wanted& at, Take take) {
    for (auto field : json.get_object()) {
        const Wanted* found = at.find(field.unescaped_key().value());
        if (found == nullptr) continue;
        simdjson::ondemand::value value = field.value();
        auto type = value.type().value();
        if (type == simdjson::ondemand::json_type::object) {
            if (!found->children.empty()) walk(value, *found, take);
        } else if (found->column >= 0 && type != simdjson::ondemand::json_type::null) {
            RawFacts& out = raw[static_cast<size_t>(found->column)];
            if (type == simdjson::ondemand::json_type::string) {
                take(out, std::string(value.get_string().value()));
            } else {
                std::string_view token = value.raw_json_token();
                size_t end = token.find_last_not_of(" \t\r\n");
                take(out, std::string(token.substr(0, end + 1)));
            }
        }
    }
}

void FileSkipper::State::read_statistics(
    const std::string& stats, std::optional<int64_t>* records) {
    buffer.reserve(stats.size() + simdjson::SIMDJSON_PADDING);
    buffer.assign(stats);
    simdjson::padded_string_view view(buffer.data(), buffer.size(), buffer.capacity());
    simdjson::ondemand::document document = parser.iterate(view);
    for (auto field : document.get_object()) {
        std::string_view key = field.unescaped_key();
        simdjson::ondemand::value value = field.value();
        if (value.type() == simdjson::ondemand::json_type::null) continue;
        if (key == "numRecords") {
            *records = value.get_int64();
        } else if (key == "minValues") {
            walk(value, wanted, [](RawFacts& out, std::string text) { out.min = std::move(text); });
        } else if (key == "maxValues") {
            walk(value, wanted, [](RawFacts& out, std::string text) { out.max = std::move(text); });
        } else if (key == "nullCount") {
            walk(value, wanted, [](RawFacts& out, const std::string& text) {
                if (text.find_first_not_of("0123456789") == std::string::npos && text.size() < 19)
                    out.null_count = std::stoll(text);
            });
        }
    }
}

void FileSkipper::State::set_statistics_facts(const std::string& stats) {
    if (!needs_statistics || stats.empty()) return;
    raw.assign(columns.size(), RawFacts());
    std::optional<int64_t> records;
    try {
        read_statistics(stats, &records);
    } catch (const simdjson::simdjson_error&) {
        return;  // damaged statistics say nothing; the file is read
    }
    for (size_t i = 0; i < columns.size(); i++) {
        if (columns[i].partition_index >= 0 || !columns[i].known) continue;
        Facts& fact = facts[i];
        if (raw[i].null_count) {
            fact.may_be_null = *raw[i].null_count > 0;
            fact.may_be_value = !records || *raw[i].null_count < *records;
        }
        if (records && *records == 0) fact.may_be_null = fact.may_be_value = false;
        if (!is_comparable(*columns[i].type)) continue;
        fact.min = bound(raw[i].min, *columns[i].type, false);
        fact.max = bound(raw[i].max, *columns[i].type, true);
    }
}

Possible FileSkipper::State::evaluate(const Predicate& node) const {
    switch (node.op) {
        case PredicateOp::kAnd: {
            Possible out{true, false, false};
            for (const PredicatePtr& child : node.children) out = both(out, evaluate(*child));
            return out;
        }
        case PredicateOp::kOr: {
            Possible out{false, true, false};
            for (const PredicatePtr& child : node.children) out = either(out, evaluate(*child));
            return out;
        }
        case PredicateOp::kNot: return negated(evaluate(*node.children.at(0)));
        case PredicateOp::kAlwaysTrue: return {true, false, false};
        case PredicateOp::kAlwaysFalse: return {false, true, false};
        case PredicateOp::kUnknown: return {};
        default: break;
    }
    auto index = static_cast<size_t>(column_of.at(&node));
    const Column& column = columns[index];
    if (!column.known) return {};
    return evaluate_leaf(node, facts[index], *column.type);
}

FileSkipper::FileSkipper(const Snapshot& snapshot, PredicatePtr predicate, std::string time_zone)
    : state_(std::make_unique<State>(snapshot, std::move(predicate), std::move(time_zone))) {
    if (state_->predicate == nullptr) state_->predicate = Predicate::constant(true);
    state_->collect(*state_->predicate);
}

FileSkipper::~FileSkipper() = default;

Possible FileSkipper::evaluate(const AddFile& file) {
    state_->set_partition_facts(file.partition_values);
    state_->set_statistics_facts(file.stats);
    return state_->evaluate(*state_->predicate);
}

Possible FileSkipper::evaluate_partitions(const PartitionValues& values) {
    state_->set_partition_facts(values);
    return state_->evaluate(*state_->predicate);
}

bool FileSkipper::is_partition_only() const { return state_->partition_only; }

}  // namespace hanok::delta
