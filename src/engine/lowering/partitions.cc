#include "engine/lowering/partitions.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "engine/functions/moments.h"
#include "engine/lowering/local_order.h"
#include "engine/lowering/map_expressions.h"
#include "engine/lowering/placed.h"
#include "resolved/fingerprint.h"
#include "resolved/python_eval_type.h"
#include "resolved/tree.h"

namespace hanok::engine {

using namespace resolved;

namespace {

using types::DataType;

// Random functions of a seed: how many arguments stand before it.
const std::map<std::string, size_t>& seeded_functions() {
    static const std::map<std::string, size_t> all{{"rand", 0}, {"randn", 0}, {"uniform", 2}};
    return all;
}

bool asks_for_file(const Expression& e) {
    return e.kind == ExprKind::kCall && e.as<Call>().function.starts_with("input_file_");
}

bool asks_for_place(const Expression& e) {
    if (e.kind != ExprKind::kCall) return false;
    const auto& call = e.as<Call>();
    if (call.function == "spark_partition_id" || call.function == "monotonically_increasing_id")
        return true;
    auto seeded = seeded_functions().find(call.function);
    bool has_seed = seeded != seeded_functions().end() && call.args.size() > seeded->second;
    return has_seed || asks_for_file(e);
}

bool is_sampling(const Plan& plan) {
    return plan.kind == PlanKind::kSample && !plan.as<Sample>().rows &&
           !plan.as<Sample>().with_replacement;
}

// Does a Python function get a partition at a time?
bool maps_partitions(const Plan& plan) {
    if (plan.kind != PlanKind::kPythonStage) return false;
    auto type = plan.as<PythonStage>().functions.at(0)->eval_type;
    return type == eval_type::kMapPandasIter || type == eval_type::kMapArrowIter;
}

struct Wanted {
    bool place = false;
    bool file = false;
};

bool is_parted(const Expression& e) {
    return e.kind == ExprKind::kAggregate && is_moment(e.as<resolved::Aggregate>().function) &&
           !e.as<resolved::Aggregate>().distinct;
}

void find_wanted(const Plan& plan, Wanted* out) {
    if (plan.kind == PlanKind::kAggregate && !out->place) {
        for_each_expression(plan, [&](const ExprPtr& e) {
            walk(*e, [&](const Expression& part) {
                if (is_parted(part) && is_small_local(plan)) out->place = true;
                return true;
            });
        });
    }
    if (is_sampling(plan)) out->place = true;
    if (plan.kind == PlanKind::kSort && !plan.as<Sort>().global) out->place = true;
    if (maps_partitions(plan)) out->place = true;
    for_each_expression(plan, [&](const ExprPtr& e) {
        walk(*e, [&](const Expression& node) {
            out->place = out->place || asks_for_place(node);
            out->file = out->file || asks_for_file(node);
            if (node.kind == ExprKind::kSubquery) find_wanted(*node.as<Subquery>().plan, out);
            return true;
        });
    });
    for (const auto& child : children(plan)) find_wanted(*child, out);
}

// Sources of files whose rows meet in a row of the plan.
int file_sources(const Plan& plan) {
    if (plan.kind == PlanKind::kScan) return 1;
    int sum = 0;
    for (const auto& child : children(plan)) sum += file_sources(*child);
    bool is_union = plan.kind == PlanKind::kSetOperation;
    return is_union ? std::min(sum, 1) : sum;
}

// Rows that a statement or a client gave, which Spark computes while it plans: all in partition 0.
// The rows that come out are dealt out like those that were given.
bool is_folded(const Plan& plan) {
    if (plan.kind != PlanKind::kProject && plan.kind != PlanKind::kFilter &&
        plan.kind != PlanKind::kLimit)
        return false;
    bool is_plain = true;
    for_each_expression(plan, [&](const ExprPtr& e) {
        walk(*e, [&](const Expression& part) {
            if (part.kind == ExprKind::kSubquery || part.kind == ExprKind::kPythonUdf)
                is_plain = false;
            return is_plain;
        });
    });
    auto below = children(plan)[0];
    bool is_given = below->kind == PlanKind::kLocalData || below->kind == PlanKind::kValues;
    return is_plain && (is_given || is_folded(*below));
}

class Placer {
public:
    Placer(const QueryContext& context, bool with_file, int64_t* next_id)
        : make_(context, with_file, next_id) {}

    // The plan itself, its functions of places answered.
    PlanPtr plain(const PlanPtr& plan) {
        auto placed = place(plan).plan;
        bool same = std::equal(placed->output.begin(), placed->output.end(), plan->output.begin(),
            plan->output.end(),
            [](const Attribute& a, const Attribute& b) { return a.id == b.id; });
        return same ? placed : project_to(placed, plan->output);
    }

private:
    Placed place(const PlanPtr& plan) {
        if (!is_folding_ && is_folded(*plan)) {
            is_folding_ = true;
            auto out = place(plan);
            is_folding_ = false;
            return make_.sliced_anew(std::move(out), *plan);
        }
        if (is_folding_ && children(*plan).empty()) return make_.together(plan);
        auto node = map_expressions(plan, [&](const ExprPtr& e) { return in_subqueries(e); });
        switch (node->kind) {
            case PlanKind::kProject:
            case PlanKind::kFilter:
            case PlanKind::kGenerate:
            case PlanKind::kWindow:
            case PlanKind::kAggregate:
            case PlanKind::kSort: return over_one(node);
            case PlanKind::kSample: return sample(node);
            case PlanKind::kRepartition: {
                const auto& old = node->as<Repartition>();
                if (old.child->kind == PlanKind::kRange) {
                    auto leaf = make_.leaf(
                        old.child, is_sliced(old) ? old.num_partitions : std::nullopt);
                    return is_sliced(old) ? leaf : make_.repartitioned(old, std::move(leaf));
                }
                auto below = place(old.child);
                node = answered(node, &below);
                return make_.repartitioned(node->as<Repartition>(), std::move(below));
            }
            case PlanKind::kJoin: return join(node);
            case PlanKind::kSetOperation: return set_operation(node);
            case PlanKind::kPythonStage:
                if (maps_partitions(*node)) return python_map(node->as<PythonStage>());
                break;
            default: break;
        }
        auto below = children(*node);
        if (below.empty()) return make_.leaf(node);
        for (auto& child : below) child = plain(child);
        return make_.together(with_children(*node, std::move(below)));
    }

    static bool is_sliced(const Repartition& node) {
        return node.expressions.size() == 1 && node.expressions[0]->kind == ExprKind::kCall &&
               node.expressions[0]->as<Call>().function == "range_slices";
    }

    ExprPtr in_subqueries(const ExprPtr& e) {
        return map_subqueries(e, [this](const PlanPtr& plan) { return plain(plan); });
    }

    // The node with columns where functions of places stood; below->plan gives the columns.
    PlanPtr answered(const PlanPtr& node, Placed* below) {
        return map_expressions(node, [&](const ExprPtr& e) {
            return transform(e, [&](const ExprPtr& part) -> ExprPtr {
                if (!asks_for_place(*part)) return nullptr;
                if (asks_for_file(*part)) return file_value(*node, part->as<Call>(), *below);
                if (part->as<Call>().function == "spark_partition_id") return below->partition;
                ExprPtr column;
                below->plan = make_.with_column(
                    below->plan, placed_call(part->as<Call>(), *below), &column);
                return column;
            });
        });
    }

    static ExprPtr file_value(const Plan& node, const Call& call, const Placed& below) {
        if (file_sources(node) > 1)
            throw analysis_error("MULTI_SOURCES_UNSUPPORTED_FOR_EXPRESSION",
                {{"expr", "\"" + call.function + "()\""}});
        bool is_name = call.function == "input_file_name";
        if (!below.file) {
            return std::make_shared<Literal>(
                call.type, is_name ? types::string_value("") : types::int_value(-1));
        }
        int64_t field = is_name ? 0 : call.function == "input_file_block_start" ? 1 : 2;
        auto ordinal = std::make_shared<Literal>(DataType::integer(), types::int_value(field));
        return std::make_shared<Call>(
            "get_struct_field", Exprs{below.file, ordinal}, call.type, false);
    }

    static ExprPtr placed_call(const Call& call, const Placed& below) {
        Exprs args{below.partition, PlaceMaker::row_number()};
        bool is_id = call.function == "monotonically_increasing_id";
        args.insert(args.end(), call.args.begin(), call.args.end());
        if (!is_id)
            args.back() = std::make_shared<Cast>(
                args.back(), DataType::long_(), CastMode::kAnsi, args.back()->nullable);
        auto out = std::make_shared<Call>(is_id ? "placed_row_id" : "placed_" + call.function,
            std::move(args), call.type, call.nullable);
        out->deterministic = false;
        return out;
    }

    Placed over_one(const PlanPtr& plan) {
        auto child = children(*plan)[0];
        bool sorts_within = plan->kind == PlanKind::kSort && !plan->as<Sort>().global;
        // What is sorted at once need not be put in order before.
        make_.set_ordering(!sorts_within || child->kind != PlanKind::kRepartition);
        auto below = place(child);
        make_.set_ordering(true);
        auto node = answered(plan, &below);
        if (node->kind == PlanKind::kAggregate) node = with_partitions(node, below);
        auto out = below;
        switch (node->kind) {
            case PlanKind::kProject: out.plan = project(node->as<Project>(), below); break;
            case PlanKind::kFilter: out.plan = passing<Filter>(*node, below.plan); break;
            case PlanKind::kSort: {
                auto sort = std::make_shared<Sort>(node->as<Sort>());
                if (sorts_within && below.partition->kind == ExprKind::kAttribute)
                    sort->order.insert(sort->order.begin(), {below.partition, true, true});
                out.in_order = sorts_within;
                out.plan = passing<Sort>(*sort, below.plan);
                break;
            }
            case PlanKind::kGenerate: out.plan = generate(node->as<Generate>(), below.plan); break;
            case PlanKind::kWindow: out.plan = window(node->as<WindowPlan>(), below.plan); break;
            default: out.plan = with_children(*node, {below.plan}); break;
        }
        bool shuffles = node->kind == PlanKind::kAggregate || node->kind == PlanKind::kWindow ||
                        (node->kind == PlanKind::kSort && !sorts_within);
        return shuffles ? make_.together(out.plan) : out;
    }

    // Sums whose last digits depend on partitions.
    static PlanPtr with_partitions(const PlanPtr& node, const Placed& below) {
        if (below.partition->kind != ExprKind::kAttribute || !is_small_local(*node)) return node;
        return map_expressions(node, [&](const ExprPtr& e) {
            return transform(e, [&](const ExprPtr& part) -> ExprPtr {
                if (!is_parted(*part)) return nullptr;
                auto copy = std::make_shared<resolved::Aggregate>(part->as<resolved::Aggregate>());
                copy->args.push_back(below.partition);
                return copy;
            });
        });
    }

    Placed python_map(const PythonStage& node) {
        auto below = make_.in_order(place(node.child));
        auto copy = std::make_shared<PythonStage>(node);
        copy->child = below.plan;
        Placed out = make_.together(copy);
        if (below.partition->kind != ExprKind::kAttribute) return out;
        auto parts = std::make_shared<Repartition>();
        parts->child = below.plan;
        parts->output = below.plan->output;
        parts->num_partitions = below.partitions;
        parts->expressions = {std::make_shared<Call>(
            kPythonPartitions, Exprs{below.partition}, DataType::integer(), false)};
        copy->child = parts;
        auto column = attribute_of(below.plan, below.partition);
        column.id = make_.fresh_id();
        copy->output.push_back(column);
        out.partition = ref(column);
        out.partitions = below.partitions;
        out.in_order = true;
        return out;
    }

    template <class T>
    static PlanPtr passing(const Plan& node, const PlanPtr& child) {
        auto copy = std::make_shared<T>(node.as<T>());
        copy->child = child;
        copy->output = child->output;
        return copy;
    }

    static PlanPtr project(const Project& node, const Placed& below) {
        auto copy = std::make_shared<Project>(node);
        copy->child = below.plan;
        for (const auto& place : {below.partition, below.file}) {
            if (!place || place->kind != ExprKind::kAttribute) continue;
            for (const auto& a : below.plan->output) {
                if (a.id != place->as<AttributeRef>().id) continue;
                copy->columns.push_back({a, place});
                copy->output.push_back(a);
            }
        }
        return copy;
    }

    static PlanPtr generate(const Generate& node, const PlanPtr& child) {
        auto copy = std::make_shared<Generate>(node);
        copy->child = child;
        copy->output = child->output;
        copy->output.insert(copy->output.end(), node.generated.begin(), node.generated.end());
        return copy;
    }

    static PlanPtr window(const WindowPlan& node, const PlanPtr& child) {
        auto copy = std::make_shared<WindowPlan>(node);
        copy->child = child;
        copy->output = child->output;
        for (const auto& column : node.columns) copy->output.push_back(column.attribute);
        return copy;
    }

    // A row stays when the number drawn for it lies in the sample's part of [0, 1).
    Placed sample(const PlanPtr& plan) {
        const auto& node = plan->as<Sample>();
        auto below = place(node.child);
        if (!is_sampling(*plan)) {
            below.plan = passing<Sample>(*plan, below.plan);
            return below;
        }
        auto real = [](double value) {
            return std::make_shared<Literal>(DataType::double_(), types::double_value(value));
        };
        Call draw("rand",
            {std::make_shared<Literal>(DataType::long_(), types::int_value(node.seed))},
            DataType::double_(), false);
        ExprPtr drawn;
        auto numbered = make_.with_column(below.plan, placed_call(draw, below), &drawn);
        auto compare = [&](const char* op, double bound) {
            return std::make_shared<Call>(
                op, Exprs{drawn, real(bound)}, DataType::boolean(), false);
        };
        auto filter = std::make_shared<Filter>();
        filter->child = numbered;
        filter->condition = std::make_shared<Call>("and",
            Exprs{compare(">=", node.lower), compare("<", node.lower + node.fraction)},
            DataType::boolean(), false);
        filter->output = numbered->output;
        below.plan = project_to(filter, below.plan->output);
        return below;
    }

    // The left side streams: its rows stay where they are.
    Placed join(const PlanPtr& plan) {
        auto copy = std::make_shared<Join>(plan->as<Join>());
        bool streams = copy->type != JoinType::kRight && copy->type != JoinType::kFull;
        auto left = copy->left;
        auto placed = streams ? place(left) : make_.together(plain(left));
        copy->left = placed.plan;
        copy->right = plain(copy->right);
        auto rest = copy->output;
        rest.erase(rest.begin(), rest.begin() + static_cast<long>(left->output.size()));
        copy->output.resize(left->output.size());
        for (size_t i = left->output.size(); i < placed.plan->output.size(); ++i)
            copy->output.push_back(placed.plan->output[i]);
        copy->output.insert(copy->output.end(), rest.begin(), rest.end());
        placed.plan = copy;
        placed.in_order = false;
        return placed;
    }

    Placed set_operation(const PlanPtr& plan) {
        const auto& node = plan->as<SetOperation>();
        bool is_union = node.type == SetOpType::kUnion && node.all;
        auto copy = std::make_shared<SetOperation>(node);
        if (!is_union) {
            for (auto& child : copy->children) child = plain(child);
            return make_.together(copy);
        }
        Placed out = make_.together(copy);
        out.partitions = 0;
        out.in_order = true;
        std::vector<Placed> parts;
        bool with_files = true;
        for (const auto& child : node.children) {
            parts.push_back(place(child));
            bool was_one = parts.back().partition->kind != ExprKind::kAttribute;
            parts.back() = make_.shifted(std::move(parts.back()), out.partitions);
            out.partitions += parts.back().partitions;
            with_files = with_files && parts.back().file;
            out.in_order = out.in_order && (parts.back().in_order || was_one);
        }
        for (size_t i = 0; i < parts.size(); ++i) {
            auto columns = node.children[i]->output;
            columns.push_back(attribute_of(parts[i].plan, parts[i].partition));
            if (with_files) columns.push_back(attribute_of(parts[i].plan, parts[i].file));
            copy->children[i] = project_to(parts[i].plan, columns);
        }
        auto width = node.output.size();
        auto add = [&](size_t place) {
            auto column = copy->children[0]->output[place];
            column.id = make_.fresh_id();
            copy->output.push_back(column);
            return ref(column);
        };
        out.partition = add(width);
        if (with_files) out.file = add(width + 1);
        return out;
    }

    static Attribute attribute_of(const PlanPtr& plan, const ExprPtr& column) {
        auto id = column->as<AttributeRef>().id;
        return *std::find_if(plan->output.begin(), plan->output.end(),
            [&](const Attribute& a) { return a.id == id; });
    }

    PlaceMaker make_;
    bool is_folding_ = false;  // inside of rows that is_folded()
};

}  // namespace

PlanPtr place_rows(const PlanPtr& plan, const QueryContext& context, int64_t* next_id) {
    Wanted wanted;
    find_wanted(*plan, &wanted);
    if (!wanted.place) return plan;
    return Placer(context, wanted.file, next_id).plain(plan);
}

}  // namespace hanok::engine
