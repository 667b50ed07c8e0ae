#include "delta/file_skipping.h"

#include <optional>
#include <unordered_map>

#include "delta/column_mapping.h"
#include "delta/packed_files.h"
#include "delta/partition_value.h"
#include "delta/snapshot.h"
#include "delta/stats_reader.h"
#include "delta/value_facts.h"

namespace hanok::delta {

namespace {

using types::TypeId;
using types::Value;

struct Column {
    types::TypePtr type;
    int partition_index = -1;  // -1: a column of the data, with statistics
    std::string physical_partition_name;
    bool known = false;
};

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

// A predicate with the numbers of its columns.
struct Node {
    const Predicate* predicate = nullptr;
    int column = -1;
    std::vector<Node> children;
};

}  // namespace

struct FileSkipper::State {
    State(const Snapshot& of, PredicatePtr wanted_predicate, std::string zone)
        : snapshot(of), predicate(std::move(wanted_predicate)), time_zone(std::move(zone)) {}

    const Snapshot& snapshot;
    PredicatePtr predicate;
    std::string time_zone;
    std::vector<Column> columns;
    std::unordered_map<const Predicate*, int> column_of;
    Node root;
    bool partition_only = true;

    StatsReader reader;
    std::vector<RawFacts> raw;
    std::vector<ValueFacts> facts;
    std::optional<PartitionValues> partition;  // that facts are of

    void collect(const Predicate& node);
    void resolve(const std::vector<std::string>& path, int index);
    void set_partition_facts(const PartitionValues& values);
    void clear_statistics_facts();
    void set_statistics_facts(const std::optional<int64_t>& records);
    Node node_of(const Predicate& predicate) const;
    Possible evaluate(const Node& node) const;
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
    // Several predicates on one column share its statistics.
    int known_as = reader.want(physical, index);
    if (known_as == index) return;
    for (auto& [node, known] : column_of) {
        if (known == index) known = known_as;
    }
}

void FileSkipper::State::set_partition_facts(const PartitionValues& values) {
    if (partition == values) return;
    partition = values;
    facts.resize(columns.size());
    for (size_t i = 0; i < columns.size(); i++) {
        const Column& column = columns[i];
        if (column.partition_index < 0) continue;
        const auto* text = find_partition_value(values, column.physical_partition_name);
        const std::string& zone = time_zone.empty() ? kUtc : time_zone;
        Value value = text == nullptr ? Value() : parse_partition_value(*text, *column.type, zone);
        ValueFacts& fact = facts[i] = ValueFacts();
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

void FileSkipper::State::clear_statistics_facts() {
    for (size_t i = 0; i < columns.size(); i++) {
        if (columns[i].partition_index < 0) facts[i] = ValueFacts();
    }
}

void FileSkipper::State::set_statistics_facts(const std::optional<int64_t>& records) {
    for (size_t i = 0; i < columns.size(); i++) {
        if (columns[i].partition_index >= 0) continue;
        ValueFacts& fact = facts[i];
        fact.may_be_null = fact.may_be_value = true;
        if (raw[i].null_count) {
            fact.may_be_null = *raw[i].null_count > 0;
            fact.may_be_value = !records || *raw[i].null_count < *records;
        }
        if (records && *records == 0) fact.may_be_null = fact.may_be_value = false;
        if (!columns[i].known || !is_comparable(*columns[i].type)) continue;
        set_stats_bound(raw[i].min, *columns[i].type, false, &fact.min);
        set_stats_bound(raw[i].max, *columns[i].type, true, &fact.max);
    }
}

Node FileSkipper::State::node_of(const Predicate& predicate) const {
    Node node{&predicate, -1, {}};
    for (const PredicatePtr& child : predicate.children) node.children.push_back(node_of(*child));
    auto found = column_of.find(&predicate);
    if (found != column_of.end()) node.column = found->second;
    return node;
}

Possible FileSkipper::State::evaluate(const Node& node) const {
    switch (node.predicate->op) {
        case PredicateOp::kAnd: {
            Possible out{true, false, false};
            for (const Node& child : node.children) out = both(out, evaluate(child));
            return out;
        }
        case PredicateOp::kOr: {
            Possible out{false, true, false};
            for (const Node& child : node.children) out = either(out, evaluate(child));
            return out;
        }
        case PredicateOp::kNot: return negated(evaluate(node.children.at(0)));
        case PredicateOp::kAlwaysTrue: return {true, false, false};
        case PredicateOp::kAlwaysFalse: return {false, true, false};
        case PredicateOp::kUnknown: return {};
        default: break;
    }
    if (node.column < 0) return {};
    auto index = static_cast<size_t>(node.column);
    const Column& column = columns[index];
    if (!column.known) return {};
    return evaluate_leaf(*node.predicate, facts[index], *column.type);
}

FileSkipper::FileSkipper(const Snapshot& snapshot, PredicatePtr predicate, std::string time_zone)
    : state_(std::make_unique<State>(snapshot, std::move(predicate), std::move(time_zone))) {
    if (state_->predicate == nullptr) state_->predicate = Predicate::constant(true);
    state_->collect(*state_->predicate);
    state_->root = state_->node_of(*state_->predicate);
}

FileSkipper::~FileSkipper() = default;

Possible FileSkipper::evaluate(const AddFile& file) {
    State& s = *state_;
    std::optional<int64_t> records;
    s.set_partition_facts(file.partition_values);
    // Damaged statistics say nothing; the file is read.
    if (!file.stats.empty() && s.reader.wants_any() &&
        s.reader.read(file.stats, s.columns.size(), &s.raw, &records)) {
        s.set_statistics_facts(records);
    } else {
        s.clear_statistics_facts();
    }
    return s.evaluate(s.root);
}

Possible FileSkipper::evaluate(const PackedFiles& files, size_t row) {
    State& s = *state_;
    std::optional<int64_t> records;
    s.set_partition_facts(files.partition_values(row));
    std::string_view stats = files.stats(row);
    if (!stats.empty() && s.reader.wants_any() &&
        s.reader.read_padded(stats, s.columns.size(), &s.raw, &records)) {
        s.set_statistics_facts(records);
    } else {
        s.clear_statistics_facts();
    }
    return s.evaluate(s.root);
}

Possible FileSkipper::evaluate_partitions(const PartitionValues& values) {
    state_->set_partition_facts(values);
    state_->clear_statistics_facts();
    return state_->evaluate(state_->root);
}

bool FileSkipper::is_partition_only() const { return state_->partition_only; }

}  // namespace hanok::delta
