#include "engine/lowering/metadata_answer.h"

#include <algorithm>
#include <map>
#include <set>

#include "delta/column_mapping.h"
#include "delta/exact_statistics.h"
#include "delta/snapshot.h"
#include "engine/scan_sources.h"
#include "resolved/tree.h"

namespace hanok::engine {

namespace {

using resolved::AttributeId;
using resolved::Attributes;
using resolved::ExprPtr;
using resolved::PlanKind;
using resolved::PlanPtr;
using types::DataType;
using types::Value;

// More groups of partition values than this are better counted by reading.
constexpr size_t kMostGroups = 10'000;
constexpr const char* kSetting = "spark.databricks.delta.optimizeMetadataQuery.enabled";

ExprPtr call(
    std::string function, resolved::Exprs args, const types::TypePtr& type, bool nullable) {
    return std::make_shared<resolved::Call>(std::move(function), std::move(args), type, nullable);
}

ExprPtr count_literal(int64_t value) {
    return std::make_shared<resolved::Literal>(DataType::long_(), types::int_value(value));
}

// What the answer needs of one column of the data files.
struct Leaf {
    delta::ExactColumn column;
    types::TypePtr type;
    bool needs_count = false;
    bool needs_bounds = false;
    resolved::Attribute not_null;
    resolved::Attribute min;
    resolved::Attribute max;
};

// A node above the scan: a filter, or those columns of a projection that partition values decide.
struct Step {
    ExprPtr condition;  // null: a projection
    resolved::NamedExprs columns;
};

// The files of one group of partition values, together.
struct Group {
    std::vector<Value> partition;
    int64_t rows = 0;
    std::vector<int64_t> not_null;
    std::vector<Value> min;
    std::vector<Value> max;
};

bool is_less(const Value& a, const Value& b, const DataType& type) {
    if (type.is(types::TypeId::kDecimal)) return a.as_decimal() < b.as_decimal();
    return a.as_int() < b.as_int();
}

class Answer {
public:
    Answer(const resolved::AggregatePlan& aggregate, const QueryContext& context, int64_t* next_id)
        : aggregate_(aggregate), context_(context), next_id_(next_id) {}

    MetadataAnswer run() {
        if (!aggregate_.grouping_sets.empty() || aggregate_.columns.empty()) return {};
        if (!follow(aggregate_.child)) return {};
        auto made = std::make_shared<resolved::AggregatePlan>();
        made->output = aggregate_.output;
        made->grouping = aggregate_.grouping;
        for (const auto& key : aggregate_.grouping) {
            if (!is_of_partition(*key)) return {};
        }
        for (const auto& column : aggregate_.columns) {
            auto expr = rewritten(column.expr);
            if (failed_) return {};
            made->columns.push_back({column.attribute, expr});
        }
        if (calls_ == 0 && aggregate_.grouping.empty()) return {};
        auto groups = groups_of_files();
        if (!groups) return {};
        made->child = above_values(*groups);
        return {made, note()};
    }

private:
    const delta::Snapshot& snapshot() const { return *source_->snapshot; }

    // From the aggregate's child down to a scan of a Delta table.
    bool follow(const PlanPtr& plan) {
        switch (plan->kind) {
            case PlanKind::kScan: return start(plan->as<resolved::Scan>());
            case PlanKind::kProject:
                if (!follow(plan->as<resolved::Project>().child)) return false;
                pass(plan->as<resolved::Project>());
                return true;
            case PlanKind::kFilter:
                if (!follow(plan->as<resolved::Filter>().child)) return false;
                chain_.push_back({plan->as<resolved::Filter>().condition, {}});
                return is_of_partition(*chain_.back().condition);
            default: return false;
        }
    }

    bool start(const resolved::Scan& scan) {
        source_ = dynamic_cast<const DeltaScanSource*>(scan.source.get());
        if (source_ == nullptr) return false;
        scan_ = &scan;
        const auto& partitions = snapshot().partition_columns();
        for (size_t i = 0; i < scan.columns.size(); ++i) {
            auto id = scan.output[i].id;
            auto it = std::find_if(partitions.begin(), partitions.end(),
                [&](const auto& p) { return p.name == scan.columns[i]; });
            if (it != partitions.end()) {
                of_partition_.insert(id);
                places_[id] = static_cast<size_t>(it - partitions.begin());
            } else {
                add_leaf(scan.columns[i], id);
            }
        }
        return true;
    }

    void add_leaf(const std::string& name, AttributeId id) {
        const auto& schema = snapshot().schema();
        int index = schema->field_index(name);
        if (index < 0) return;
        const auto& field = schema->fields()[static_cast<size_t>(index)];
        bool is_atomic = !field.type->is(types::TypeId::kStruct) &&
                         !field.type->is(types::TypeId::kArray) &&
                         !field.type->is(types::TypeId::kMap) &&
                         !field.type->is(types::TypeId::kVariant) &&
                         !field.type->is(types::TypeId::kNull);
        if (!is_atomic) return;
        bool is_mapped = snapshot().column_mapping_mode() != delta::ColumnMappingMode::kNone;
        Leaf leaf;
        leaf.column = {is_mapped ? delta::physical_name(field) : field.name, field.type};
        leaf.type = field.type;
        leaves_[id] = all_leaves_.size();
        all_leaves_.push_back(std::move(leaf));
    }

    // Columns of data that a projection only renames stay known.
    void pass(const resolved::Project& project) {
        std::set<AttributeId> partition;
        std::map<AttributeId, size_t> leaves;
        Step step;
        for (const auto& column : project.columns) {
            if (is_of_partition(*column.expr)) {
                partition.insert(column.attribute.id);
                step.columns.push_back(column);
            } else if (column.expr->kind == resolved::ExprKind::kAttribute) {
                auto it = leaves_.find(column.expr->as<resolved::AttributeRef>().id);
                if (it != leaves_.end()) leaves[column.attribute.id] = it->second;
            }
        }
        chain_.push_back(std::move(step));
        of_partition_ = std::move(partition);
        leaves_ = std::move(leaves);
    }

    // The same for all rows of a file, by its partition values.
    bool is_of_partition(const resolved::Expression& e) const {
        using resolved::ExprKind;
        for (auto kind : {ExprKind::kSubquery, ExprKind::kOuterAttribute, ExprKind::kAggregate,
                 ExprKind::kWindow, ExprKind::kPythonUdf}) {
            if (resolved::contains(e, kind)) return false;
        }
        auto used = resolved::references(e);
        return resolved::is_deterministic(e) &&
               std::all_of(used.begin(), used.end(),
                   [&](AttributeId id) { return of_partition_.contains(id); });
    }

    ExprPtr rewritten(const ExprPtr& expr) {
        return resolved::transform(expr, [&](const ExprPtr& e) -> ExprPtr {
            if (e->kind != resolved::ExprKind::kAggregate) return nullptr;
            ++calls_;
            auto made = aggregate_call(e);
            failed_ = failed_ || made == nullptr;
            return made ? made : e;
        });
    }

    ExprPtr aggregate_call(const ExprPtr& given) {
        const auto& a = given->as<resolved::Aggregate>();
        if (a.filter && !is_of_partition(*a.filter)) return nullptr;
        if (a.function == "count") return a.distinct ? of_partition_only(given) : count(a);
        if (a.function != "min" && a.function != "max") return nullptr;
        if (auto kept = of_partition_only(given)) return kept;
        auto leaf = leaf_of(*a.args.at(0));
        if (leaf == nullptr || !delta::has_exact_bounds(*leaf->type)) return nullptr;
        leaf->needs_bounds = true;
        name(leaf);
        auto made = std::make_shared<resolved::Aggregate>(a);
        made->args = {resolved::ref(a.function == "min" ? leaf->min : leaf->max)};
        return made;
    }

    ExprPtr of_partition_only(const ExprPtr& given) const {
        const auto& args = given->as<resolved::Aggregate>().args;
        bool all = std::all_of(
            args.begin(), args.end(), [&](const auto& arg) { return is_of_partition(*arg); });
        return all ? given : nullptr;
    }

    // COUNT is the sum over the files.
    ExprPtr count(const resolved::Aggregate& a) {
        ExprPtr rows = resolved::ref(rows_attribute());
        for (const auto& arg : a.args) {
            if (!arg->nullable && (is_of_partition(*arg) || leaf_of(*arg))) continue;
            if (a.args.size() != 1) return nullptr;
            if (is_of_partition(*arg)) {
                auto is_null = call("isnull", {arg}, DataType::boolean(), false);
                rows = call("when", {is_null, count_literal(0), rows}, DataType::long_(), false);
            } else if (Leaf* leaf = leaf_of(*arg)) {
                leaf->needs_count = true;
                name(leaf);
                rows = resolved::ref(leaf->not_null);
            } else {
                return nullptr;
            }
        }
        auto sum = std::make_shared<resolved::Aggregate>(
            "sum", resolved::Exprs{rows}, DataType::long_(), true);
        sum->filter = a.filter;
        return call("coalesce", {sum, count_literal(0)}, DataType::long_(), false);
    }

    Leaf* leaf_of(const resolved::Expression& e) {
        if (e.kind != resolved::ExprKind::kAttribute) return nullptr;
        auto it = leaves_.find(e.as<resolved::AttributeRef>().id);
        return it == leaves_.end() ? nullptr : &all_leaves_[it->second];
    }

    resolved::Attribute fresh(const std::string& what, const types::TypePtr& type, bool nullable) {
        return {AttributeId{--*next_id_}, what, type, nullable, {}, ""};
    }
    void name(Leaf* leaf) {
        if (leaf->min.type != nullptr) return;
        leaf->not_null = fresh("not_null", DataType::long_(), false);
        leaf->min = fresh("min", leaf->type, true);
        leaf->max = fresh("max", leaf->type, true);
    }
    const resolved::Attribute& rows_attribute() {
        if (rows_.type == nullptr) rows_ = fresh("rows", DataType::long_(), false);
        return rows_;
    }

    // Partition columns that the query uses, in the order of the scan.
    std::vector<size_t> used_partition_columns() const {
        std::set<AttributeId> used;
        auto note_references = [&](const ExprPtr& e) {
            if (e == nullptr) return;
            auto ids = resolved::references(*e);
            used.insert(ids.begin(), ids.end());
        };
        for (const auto& key : aggregate_.grouping) note_references(key);
        for (const auto& column : aggregate_.columns) note_references(column.expr);
        for (auto it = chain_.rbegin(); it != chain_.rend(); ++it) {
            note_references(it->condition);
            for (const auto& column : it->columns) {
                if (used.contains(column.attribute.id)) note_references(column.expr);
            }
        }
        std::vector<size_t> out;
        for (size_t i = 0; i < scan_->output.size(); ++i) {
            auto id = scan_->output[i].id;
            if (places_.contains(id) && used.contains(id)) out.push_back(i);
        }
        return out;
    }

    std::optional<std::vector<Group>> groups_of_files() {
        wanted_.clear();
        std::vector<delta::ExactColumn> columns;
        for (size_t i = 0; i < all_leaves_.size(); ++i) {
            if (!all_leaves_[i].needs_count && !all_leaves_[i].needs_bounds) continue;
            wanted_.push_back(i);
            columns.push_back(all_leaves_[i].column);
        }
        partition_used_ = used_partition_columns();
        std::map<std::vector<std::optional<std::string>>, size_t> index;
        std::vector<Group> groups;
        const auto& only = source_->only_files;
        if (columns.empty() && partition_used_.empty() && !only) {
            auto rows = snapshot().num_records();  // counted without an AddFile for each
            if (!rows) return std::nullopt;
            if (*rows != 0) groups.emplace_back().rows = *rows;
            return groups;
        }
        size_t count = only ? only->size() : snapshot().num_files();
        for (size_t i = 0; i < count; ++i) {
            const auto& file = only ? *(*only)[i] : snapshot().file(i);
            auto facts = delta::exact_facts(file, columns);
            if (!facts) return std::nullopt;
            if (facts->rows == 0) continue;
            auto key = key_of(file);
            auto [it, is_new] = index.emplace(key, groups.size());
            if (is_new) {
                if (groups.size() == kMostGroups) return std::nullopt;
                groups.push_back(empty_group(file));
            }
            if (!add(*facts, &groups[it->second])) return std::nullopt;
        }
        return groups;
    }

    std::vector<std::optional<std::string>> key_of(const delta::AddFile& file) const {
        std::vector<std::optional<std::string>> key;
        for (size_t i : partition_used_) {
            const auto& column = snapshot().partition_columns()[places_.at(scan_->output[i].id)];
            const auto* text = delta::find_partition_value(
                file.partition_values, column.physical_name);
            key.push_back(text ? *text : std::nullopt);
        }
        return key;
    }

    Group empty_group(const delta::AddFile& file) const {
        Group group;
        for (size_t i : partition_used_) {
            group.partition.push_back(snapshot().partition_value(
                file, places_.at(scan_->output[i].id), context_.time_zone));
        }
        group.not_null.resize(wanted_.size());
        group.min.resize(wanted_.size());
        group.max.resize(wanted_.size());
        return group;
    }

    bool add(const delta::ExactFacts& facts, Group* group) const {
        group->rows += facts.rows;
        for (size_t i = 0; i < wanted_.size(); ++i) {
            const Leaf& leaf = all_leaves_[wanted_[i]];
            if (leaf.needs_count) {
                if (!facts.not_null[i]) return false;
                group->not_null[i] += *facts.not_null[i];
            }
            if (!leaf.needs_bounds) continue;
            const auto& bounds = facts.bounds[i];
            if (!bounds.known) return false;
            if (bounds.min.is_null()) continue;
            if (group->min[i].is_null() || is_less(bounds.min, group->min[i], *leaf.type))
                group->min[i] = bounds.min;
            if (group->max[i].is_null() || is_less(group->max[i], bounds.max, *leaf.type))
                group->max[i] = bounds.max;
        }
        return true;
    }

    // One row a group; what the columns of data are replaced by stands beside the partition's.
    PlanPtr above_values(const std::vector<Group>& groups) {
        auto values = std::make_shared<resolved::Values>();
        for (size_t i : partition_used_) values->output.push_back(scan_->output[i]);
        carried_ = {rows_attribute()};
        for (size_t i : wanted_) {
            const Leaf& leaf = all_leaves_[i];
            carried_.insert(carried_.end(), {leaf.not_null, leaf.min, leaf.max});
        }
        values->output.insert(values->output.end(), carried_.begin(), carried_.end());
        for (const auto& group : groups) values->rows.push_back(row_of(group, values->output));
        PlanPtr plan = values;
        for (const auto& step : chain_) plan = rebuilt(step, plan);
        return plan;
    }

    resolved::Exprs row_of(const Group& group, const Attributes& output) const {
        std::vector<Value> row = group.partition;
        row.push_back(types::int_value(group.rows));
        for (size_t i = 0; i < wanted_.size(); ++i) {
            row.push_back(types::int_value(group.not_null[i]));
            row.push_back(group.min[i]);
            row.push_back(group.max[i]);
        }
        resolved::Exprs out;
        for (size_t i = 0; i < row.size(); ++i)
            out.push_back(std::make_shared<resolved::Literal>(output[i].type, row[i]));
        return out;
    }

    PlanPtr rebuilt(const Step& step, const PlanPtr& child) const {
        if (step.condition != nullptr) {
            auto filter = std::make_shared<resolved::Filter>();
            filter->child = child;
            filter->condition = step.condition;
            filter->output = child->output;
            return filter;
        }
        std::set<AttributeId> below;
        for (const auto& a : child->output) below.insert(a.id);
        auto project = std::make_shared<resolved::Project>();
        project->child = child;
        auto add = [&](const resolved::NamedExpr& column) {
            project->output.push_back(column.attribute);
            project->columns.push_back(column);
        };
        for (const auto& column : step.columns) {  // those that nobody uses are not below
            auto used = resolved::references(*column.expr);
            bool is_there = std::all_of(
                used.begin(), used.end(), [&](AttributeId id) { return below.contains(id); });
            if (is_there) add(column);
        }
        for (const auto& a : carried_) add({a, resolved::ref(a)});
        return project;
    }

    std::string note() const {
        std::string columns;
        for (const auto& column : aggregate_.columns)
            columns += (columns.empty() ? "" : ", ") + column.attribute.name;
        return "Metadata only: [" + columns + "] of " + source_->description;
    }

    const resolved::AggregatePlan& aggregate_;
    const QueryContext& context_;
    int64_t* next_id_;
    const DeltaScanSource* source_ = nullptr;
    const resolved::Scan* scan_ = nullptr;
    std::vector<Step> chain_;               // above the scan, from below
    std::map<AttributeId, size_t> places_;  // partition columns of the scan
    std::set<AttributeId> of_partition_;    // seen at the top of the chain
    std::map<AttributeId, size_t> leaves_;  // seen at the top of the chain, in all_leaves_
    std::vector<Leaf> all_leaves_;
    std::vector<size_t> wanted_;          // of all_leaves_
    std::vector<size_t> partition_used_;  // of scan_->output
    resolved::Attribute rows_;
    Attributes carried_;
    int calls_ = 0;
    bool failed_ = false;
};

}  // namespace

MetadataAnswer answer_from_metadata(
    const resolved::AggregatePlan& aggregate, const QueryContext& context, int64_t* next_id) {
    auto setting = context.conf.find(kSetting);
    if (setting != context.conf.end() && types::names_equal(setting->second, "false")) return {};
    return Answer(aggregate, context, next_id).run();
}

}  // namespace hanok::engine
