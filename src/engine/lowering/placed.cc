#include "engine/lowering/placed.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <charconv>

#include "delta/snapshot.h"
#include "engine/io/data_scan.h"
#include "engine/io/file_partitions.h"
#include "engine/lowering/arrow_source.h"
#include "engine/scan_sources.h"
#include "resolved/fingerprint.h"
#include "resolved/tree.h"

namespace hanok::engine {

using namespace resolved;

using types::DataType;

namespace {

ExprPtr integer(int64_t value) {
    return std::make_shared<Literal>(DataType::integer(), types::int_value(value));
}

ExprPtr bigint(int64_t value) {
    return std::make_shared<Literal>(DataType::long_(), types::int_value(value));
}

ExprPtr call(const std::string& function, Exprs args, types::TypePtr type) {
    return std::make_shared<Call>(function, std::move(args), std::move(type), false);
}

// The partition of a row that is counted: one thread sees all rows.
ExprPtr counted(const std::string& function, Exprs args) {
    auto out = std::make_shared<Call>(function, std::move(args), DataType::integer(), false);
    out->deterministic = false;
    return out;
}

std::vector<int64_t> file_sizes(const ScanSource& source) {
    std::vector<int64_t> sizes;
    if (const auto* files = dynamic_cast<const FileScanSource*>(&source)) {
        for (const auto& file : files->files) sizes.push_back(file.size_bytes);
    } else if (const auto* table = dynamic_cast<const DeltaScanSource*>(&source)) {
        const auto& adds = table->only_files ? *table->only_files : table->snapshot->files();
        for (const auto* add : adds) sizes.push_back(add->size_bytes);
    }
    return sizes;
}

types::TypePtr file_type() {
    types::Fields fields{{"file_path", DataType::string(), false, ""},
        {"file_block_start", DataType::long_(), false, ""},
        {"file_block_length", DataType::long_(), false, ""},
        {kFilePartitionField, DataType::integer(), false, ""}};
    return DataType::struct_(std::move(fields));
}

int64_t rows_of(const LocalData& data) {
    std::vector<types::TypePtr> types;
    for (const auto& a : data.output) types.push_back(a.type);
    auto source = ArrowSource::decode(data.arrow_streams, types);
    int64_t rows = 0;
    for (const auto& batch : source->batches()) rows += batch->num_rows();
    return rows;
}

int64_t rows_of(const Range& range) {
    auto distance = static_cast<types::Int128>(range.end) - range.start;
    types::Int128 step = range.step;
    if (distance == 0 || (distance > 0) != (step > 0)) return 0;
    auto rows = (distance + step - (step > 0 ? 1 : -1)) / step;
    return static_cast<int64_t>(std::min<types::Int128>(rows, INT64_MAX));
}

}  // namespace

PlanPtr project_to(const PlanPtr& child, const Attributes& columns) {
    auto project = std::make_shared<Project>();
    project->child = child;
    project->output = columns;
    for (const auto& a : columns) project->columns.push_back({a, ref(a)});
    return project;
}

PlaceMaker::PlaceMaker(const QueryContext& context, bool with_file, int64_t* next_id)
    : context_(context), with_file_(with_file), next_id_(next_id) {}

Attribute PlaceMaker::attribute(const std::string& name, types::TypePtr type) {
    Attribute a;
    a.id = fresh_id();
    a.name = name;
    a.type = std::move(type);
    a.nullable = false;
    return a;
}

int32_t PlaceMaker::default_partitions() const {
    for (const char* key : {"spark.sql.leafNodeDefaultParallelism", "spark.default.parallelism"}) {
        auto found = context_.conf.find(key);
        if (found == context_.conf.end()) continue;
        int32_t value = 0;
        const auto& text = found->second;
        std::from_chars(text.data(), text.data() + text.size(), value);
        if (value > 0) return value;
    }
    return kDefaultParallelism;
}

bool PlaceMaker::joins_partitions() const {
    auto is_off = [&](const char* key) {
        auto found = context_.conf.find(key);
        return found != context_.conf.end() && types::to_lower(found->second) == "false";
    };
    return !is_off("spark.sql.adaptive.enabled") &&
           !is_off("spark.sql.adaptive.coalescePartitions.enabled");
}

int32_t PlaceMaker::shuffle_partitions() const {
    auto found = context_.conf.find("spark.sql.shuffle.partitions");
    return found == context_.conf.end() ? kShufflePartitions : std::stoi(found->second);
}

ExprPtr PlaceMaker::row_number() {
    auto number = std::make_shared<Call>(
        "distributed_sequence_id", Exprs{}, DataType::long_(), false);
    number->deterministic = false;
    return number;
}

PlanPtr PlaceMaker::with_column(const PlanPtr& child, const ExprPtr& value, ExprPtr* column) {
    auto project = std::make_shared<Project>();
    project->child = child;
    for (const auto& a : child->output) project->columns.push_back({a, ref(a)});
    auto a = attribute("_place", value->type);
    project->columns.push_back({a, value});
    project->output = child->output;
    project->output.push_back(a);
    *column = ref(a);
    return project;
}

Placed PlaceMaker::together(const PlanPtr& plan) const { return {plan, integer(0), 1, nullptr}; }

Placed PlaceMaker::sliced(const PlanPtr& plan, const ExprPtr& position, const ExprPtr& total,
    int64_t rows, std::optional<int32_t> slices) {
    auto count = slices ? *slices
                        : static_cast<int32_t>(std::min<int64_t>(default_partitions(), rows));
    auto out = together(plan);
    out.partitions = std::max(count, 1);
    if (rows == 0 || out.partitions == 1) return out;
    auto slice = call("slice_of", {position, total, integer(out.partitions)}, DataType::integer());
    out.plan = with_column(plan, slice, &out.partition);
    out.in_order = true;
    return out;
}

Placed PlaceMaker::scan(const PlanPtr& plan) {
    const auto& scan = plan->as<Scan>();
    auto sizes = file_sizes(*scan.source);
    if (sizes.empty()) return together(plan);
    auto partitions = file_partitions(sizes);
    auto count = *std::max_element(partitions.begin(), partitions.end()) + 1;
    if (count == 1 && !with_file_) return together(plan);
    auto copy = std::make_shared<Scan>(scan);
    auto file = attribute(kFilePlaceColumn, file_type());
    copy->columns.push_back(kFilePlaceColumn);
    copy->output.push_back(file);
    auto out = together(copy);
    out.partitions = count;
    if (with_file_) out.file = ref(file);
    if (count == 1) return out;
    auto number = call("get_struct_field", {ref(file), integer(3)}, DataType::integer());
    out.plan = with_column(copy, number, &out.partition);
    return out;
}

Placed PlaceMaker::given(const PlanPtr& plan, int64_t rows) {
    return sliced(plan, row_number(), bigint(rows), rows, std::nullopt);
}

Placed PlaceMaker::leaf(const PlanPtr& plan, std::optional<int32_t> slices) {
    switch (plan->kind) {
        case PlanKind::kRange: {
            const auto& range = plan->as<Range>();
            auto position = call("range_position",
                {ref(range.output[0]), bigint(range.start), bigint(range.step)}, DataType::long_());
            return sliced(plan, position, bigint(rows_of(range)), rows_of(range),
                slices ? *slices : default_partitions());
        }
        case PlanKind::kLocalData: return given(plan, rows_of(plan->as<LocalData>()));
        case PlanKind::kValues:
            return given(plan, static_cast<int64_t>(plan->as<Values>().rows.size()));
        case PlanKind::kScan: return scan(plan);
        default: return together(plan);
    }
}

Placed PlaceMaker::sliced_anew(Placed placed, const Plan& plan) {
    const auto* leaf = &plan;
    bool keeps_all = true;
    PlanPtr below;
    while (!children(*leaf).empty()) {
        keeps_all = keeps_all && leaf->kind == PlanKind::kProject;
        below = children(*leaf)[0];
        leaf = below.get();
    }
    auto rows = leaf->kind == PlanKind::kValues
                    ? static_cast<int64_t>(leaf->as<Values>().rows.size())
                    : rows_of(leaf->as<LocalData>());
    if (keeps_all) return given(placed.plan, rows);
    auto window = std::make_shared<WindowPlan>();
    auto total = std::make_shared<Window>("count", Exprs{integer(1)}, DataType::long_(), false);
    total->is_aggregate = true;
    total->lower.kind = FrameBound::Kind::kUnboundedPreceding;
    total->upper.kind = FrameBound::Kind::kUnboundedFollowing;
    window->child = placed.plan;
    window->columns = {{attribute("_rows", total->type), total}};
    window->output = placed.plan->output;
    window->output.push_back(window->columns[0].attribute);
    return sliced(window, row_number(), ref(window->columns[0].attribute), rows, std::nullopt);
}

Placed PlaceMaker::dealt(
    Placed child, const ExprPtr& partition, int32_t partitions, const ExprPtr& order) {
    child.plan = with_column(child.plan, partition, &child.partition);
    child.partitions = partitions;
    child.file = nullptr;
    child.in_order = false;
    return is_ordering_ ? in_order(std::move(child), order) : child;
}

Placed PlaceMaker::in_order(Placed child, const ExprPtr& order) {
    if (child.in_order || child.partition->kind != ExprKind::kAttribute) return child;
    child.in_order = true;
    auto number = order;
    auto sort = std::make_shared<Sort>();
    sort->child = order ? child.plan : with_column(child.plan, row_number(), &number);
    sort->order = {{child.partition, true, true}, {number, true, true}};
    sort->output = sort->child->output;
    child.plan = project_to(sort, child.plan->output);
    return child;
}

Placed PlaceMaker::ranged(const Repartition& node, Placed child, int32_t count) {
    ExprPtr number;
    auto window = std::make_shared<WindowPlan>();
    window->child = with_column(child.plan, row_number(), &number);
    window->output = window->child->output;
    auto add = [&](const std::string& name, types::TypePtr type) {
        auto w = std::make_shared<Window>(name, Exprs{}, std::move(type), false);
        w->lower.kind = FrameBound::Kind::kUnboundedPreceding;
        w->upper.kind = FrameBound::Kind::kUnboundedFollowing;
        window->columns.push_back({attribute("_" + name, w->type), w});
        window->output.push_back(window->columns.back().attribute);
        return w;
    };
    auto rank = add("dense_rank", DataType::integer());
    for (const auto& key : node.expressions) {
        const auto& args = key->as<Call>().args;
        auto flag = [&](size_t i) { return args[i]->as<Literal>().value.as_bool(); };
        rank->order_by.push_back({args[0], flag(1), flag(2)});
    }
    rank->rows_frame = true;
    rank->upper.kind = FrameBound::Kind::kCurrentRow;
    auto total = add("count", DataType::long_());
    total->is_aggregate = true;
    total->args = {integer(1)};
    auto key = ref(window->columns[0].attribute);
    auto sort = std::make_shared<Sort>();
    sort->child = window;
    sort->order = {{key, true, true}, {number, true, true}};
    sort->output = window->output;
    child.plan = sort;
    auto bounded = counted(
        "placed_range", {key, row_number(), ref(window->columns[1].attribute), integer(count)});
    return dealt(std::move(child), bounded, count, number);
}

Placed PlaceMaker::coalesced(Placed child, int32_t count) {
    if (count >= child.partitions) return child;
    auto wide = std::make_shared<Cast>(child.partition, DataType::long_(), CastMode::kAnsi, false);
    auto merged = call(
        "slice_of", {wide, bigint(child.partitions), integer(count)}, DataType::integer());
    child.plan = with_column(child.plan, merged, &child.partition);
    child.partitions = count;
    return child;
}

Placed PlaceMaker::repartitioned(const Repartition& node, Placed child) {
    if (!node.num_partitions && joins_partitions()) return together(child.plan);
    auto count = node.num_partitions.value_or(shuffle_partitions());
    auto by = [&](const ExprPtr& key) {
        auto wide = std::make_shared<Cast>(key, DataType::long_(), CastMode::kAnsi, key->nullable);
        return call("partition_of_key", {wide, integer(count)}, DataType::integer());
    };
    const auto& keys = node.expressions;
    if (keys.empty()) {
        auto turn = counted("placed_round_robin", {child.partition, row_number(), integer(count)});
        return dealt(std::move(child), turn, count);
    }
    auto rule = keys[0]->kind == ExprKind::kCall ? keys[0]->as<Call>().function : "";
    if (rule == "coalesce_partitions") return coalesced(std::move(child), count);
    if (rule == "sort_order") return ranged(node, std::move(child), count);
    if (rule == "direct_shuffle_partition_id")
        return dealt(std::move(child), by(keys[0]->as<Call>().args[0]), count);
    return dealt(std::move(child), by(call("hash", keys, DataType::integer())), count);
}

Placed PlaceMaker::shifted(Placed part, int32_t first) {
    auto moved = std::make_shared<Call>(
        "+", Exprs{part.partition, integer(first)}, DataType::integer(), false);
    part.plan = with_column(part.plan, moved, &part.partition);
    return part;
}

}  // namespace hanok::engine
