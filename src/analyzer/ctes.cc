// Common table expressions: inlined when used once, one shared definition when used more often, and
// recursion.

#include <algorithm>
#include <atomic>

#include "analyzer/cte_ids.h"
#include "analyzer/impl.h"
#include "plan/tree.h"
#include "resolved/fingerprint.h"

namespace hanok::analyzer {

using resolved::Attributes;
using resolved::NamedExprs;

using Impl = Analyzer::Impl;

int64_t next_cte_id() {
    static std::atomic<int64_t> next{1};
    return next.fetch_add(1);
}

namespace {

// From outside of its own body. An upper bound: a name hidden by an inner definition counts too.
int count_references(const plan::With& with, const std::string& name) {
    int count = 0;
    auto visit = [&](const plan::Relation& r) {
        if (r.kind != plan::RelationKind::kNamedTable) return;
        const auto& table = r.as<plan::NamedTable>();
        if (table.name.size() == 1 && types::names_equal(table.name[0], name)) ++count;
    };
    for (const auto& c : with.ctes) {
        if (!types::names_equal(c.name, name)) plan::walk(c.plan, visit);
    }
    plan::walk(with.child, visit);
    return count;
}

// May rows of the step stand there? Not below what must see all rows at once, nor on a side that a
// join pads.
bool step_well_placed(const resolved::Plan& plan, int64_t id, bool allowed) {
    using resolved::JoinType;
    using resolved::PlanKind;
    if (plan.kind == PlanKind::kCteRef) return allowed || plan.as<resolved::CteRef>().cte_id != id;
    if (plan.kind == PlanKind::kJoin) {
        const auto& join = plan.as<resolved::Join>();
        bool pads_left = join.type == JoinType::kRight || join.type == JoinType::kFull;
        bool pads_right = join.type != JoinType::kInner && join.type != JoinType::kCross &&
                          join.type != JoinType::kRight;
        return step_well_placed(*join.left, id, allowed && !pads_left) &&
               step_well_placed(*join.right, id, allowed && !pads_right);
    }
    bool whole = plan.kind == PlanKind::kAggregate || plan.kind == PlanKind::kWindow ||
                 plan.kind == PlanKind::kLimit || plan.kind == PlanKind::kTail;
    auto below = resolved::children(plan);
    return std::all_of(below.begin(), below.end(),
        [&](const resolved::PlanPtr& p) { return step_well_placed(*p, id, allowed && !whole); });
}

constexpr const char* kCtePolicy = "spark.sql.legacy.ctePrecedencePolicy";

std::string cte_policy(const Impl& impl) {
    return types::to_upper(impl.conf(kCtePolicy, "CORRECTED"));
}

const plan::Relation& without_alias(const plan::Relation& relation) {
    const auto* inner = &relation;
    while (inner->kind == plan::RelationKind::kSubqueryAlias)
        inner = inner->as<plan::SubqueryAlias>().child.get();
    return *inner;
}

// The order in which the scopes around a name are asked for it with the policy LEGACY, of those
// that are asked at all. Spark put definitions into their WITH then one WITH after another: those
// in FROM before the one around them, those in expressions behind it, and those at the start of a
// definition when all of that was done. A WITH not yet done hid the bodies of its definitions.
std::vector<size_t> legacy_order(const std::vector<CteScope>& scopes) {
    struct Turn {
        size_t scope;
        size_t round;
    };
    std::vector<Turn> turns;
    for (size_t i = scopes.size(); i-- > 0;) {
        auto after = turns.begin();
        if (i + 1 < scopes.size()) {
            bool in_expression = scopes[i + 1].outers_at_with != scopes[i].outers_at_root;
            if (!in_expression && scopes[i].in_definition) {
                for (auto& turn : turns) ++turn.round;
            } else if (!in_expression) {
                after = std::find_if(
                    turns.begin(), turns.end(), [](const Turn& t) { return t.round > 0; });
            }
        }
        turns.insert(after, {i, 0});
    }
    std::vector<size_t> order;
    std::vector<bool> done(scopes.size(), false);
    for (const auto& turn : turns) {
        bool reached = true;
        for (size_t j = turn.scope + 1; j < scopes.size(); ++j)
            reached = reached && (done[j] || !scopes[j].in_definition);
        if (reached) order.push_back(turn.scope);
        done[turn.scope] = true;
    }
    return order;
}

Error bad_reference() { return analysis_error("INVALID_RECURSIVE_REFERENCE.PLACE"); }

}  // namespace

Rel Impl::rename_columns(const Rel& rel, const std::vector<std::string>& columns,
    const std::string& qualifier, const plan::OriginPtr&) {
    if (columns.size() != rel.scope.size()) {
        throw analysis_error(
            "ASSIGNMENT_ARITY_MISMATCH", {{"numTarget", std::to_string(columns.size())},
                                             {"numExpr", std::to_string(rel.scope.size())}});
    }
    NamedExprs renamed;
    for (size_t i = 0; i < columns.size(); ++i) {
        auto column = named(columns[i], resolved::ref(rel.plan->output[i]));
        column.attribute.metadata = rel.scope[i].metadata;
        if (!qualifier.empty()) column.attribute.qualifier = {qualifier};
        renamed.push_back(std::move(column));
    }
    auto result = make_project(rel, std::move(renamed));
    result.hidden = nullptr;
    return result;
}

// Takes the definitions behind the first `kept` out of the plan; whoever names them makes them
// anew.
void Impl::forget_cte_plans(size_t kept) {
    for (auto& scope : ctes) {
        for (auto& definition : scope.definitions) {
            bool forgotten = std::any_of(cte_plans.begin() + static_cast<ptrdiff_t>(kept),
                cte_plans.end(), [&](const auto& made) { return made.id == definition->id; });
            if (definition->rel && forgotten) definition->rel.reset();
        }
    }
    cte_plans.resize(kept);
}

Rel Impl::resolve_with(const plan::With& with) {
    CteScope scope;
    size_t depth_of_scope = ctes.size();
    bool legacy = cte_policy(*this) == "LEGACY";
    for (size_t i = 0; i < with.ctes.size(); ++i) {
        const auto& cte = with.ctes[i];
        for (size_t j = 0; j < i; ++j) {
            if (types::names_equal(with.ctes[j].name, cte.name, options.case_sensitive)) {
                throw analysis_error(
                    "DUPLICATED_CTE_NAMES", {{"duplicateNames", quote_identifier(cte.name)}});
            }
        }
        check_cte_name(with, cte.name);
        auto definition = std::make_shared<CteDefinition>();
        definition->cte = &cte;
        definition->visible_scopes = depth_of_scope + 1;
        definition->visible_entries = i;
        definition->shared = count_references(with, cte.name) > 1;
        definition->recursive = with.recursive;
        scope.definitions.push_back(std::move(definition));
    }
    scope.outers_at_with = scope.outers_at_root = outers.size();
    ctes.push_back(std::move(scope));
    try {
        // Errors in definitions that nothing uses count, too.
        for (const auto& definition : CteScope(ctes.back()).definitions) {
            if (legacy || count_references(with, definition->cte->name) > 0) continue;
            auto kept = cte_plans.size();
            definition->recursive ? recursive_cte(*definition) : cte_body(*definition);
            forget_cte_plans(kept);
        }
        auto rel = resolve(with.child);
        ctes.pop_back();
        return rel;
    } catch (...) {
        ctes.pop_back();
        throw;
    }
}

// With the policy EXCEPTION a query that starts with WITH, as a subquery in an expression or as a
// definition, does not give a name of an enclosing WITH another meaning.
void Impl::check_cte_name(const plan::With& with, const std::string& name) {
    bool starts = query_start && &without_alias(*query_start) == &with;
    if (!starts || cte_policy(*this) != "EXCEPTION" || !find_cte(name)) return;
    throw analysis_error("AMBIGUOUS_ALIAS_IN_NESTED_CTE",
        {{"name", quote_identifier(name)}, {"config", quoted_sql(kCtePolicy)},
            {"docroot", "https://spark.apache.org/docs/latest"}});
}

std::shared_ptr<CteDefinition> Impl::find_cte(const std::string& name) {
    auto find_in = [&](const CteScope& scope) -> std::shared_ptr<CteDefinition> {
        const auto& all = scope.definitions;
        for (auto d = all.rbegin(); d != all.rend(); ++d) {
            if (types::names_equal((*d)->cte->name, name, options.case_sensitive)) return *d;
        }
        return nullptr;
    };
    if (cte_policy(*this) == "LEGACY") {
        for (size_t i : legacy_order(ctes)) {
            if (auto found = find_in(ctes[i])) return found;
        }
        return nullptr;
    }
    for (auto scope = ctes.rbegin(); scope != ctes.rend(); ++scope) {
        if (auto found = find_in(*scope)) return found;
    }
    return nullptr;
}

Rel Impl::cte_ref_node(int64_t id, const Attributes& columns, const std::string& name) {
    auto plan = std::make_shared<resolved::CteRef>();
    plan->cte_id = id;
    for (auto a : columns) {
        a.id = Analyzer::next_id();
        a.qualifier = {name};
        plan->output.push_back(std::move(a));
    }
    return leaf(plan);
}

// The body, with only the definitions in scope that stood before it.
Rel Impl::cte_body(CteDefinition& definition) {
    std::vector<CteScope> visible(ctes.begin(),
        ctes.begin() + static_cast<ptrdiff_t>(std::min(definition.visible_scopes, ctes.size())));
    if (visible.size() == definition.visible_scopes) {
        auto& last = visible.back();
        // A recursive body also sees itself.
        size_t entries = definition.visible_entries + (definition.step ? 1 : 0);
        if (last.definitions.size() > entries) last.definitions.resize(entries);
        last.in_definition = true;
        last.outers_at_root = outers.size();
    }
    auto saved = std::move(ctes);
    ctes = std::move(visible);
    const auto* saved_windows = windows;
    auto* saved_context = context;
    windows = nullptr;
    context = nullptr;
    struct Restore {
        std::function<void()> run;
        ~Restore() { run(); }
    } restore{[&] {
        ctes = std::move(saved);
        windows = saved_windows;
        context = saved_context;
    }};
    query_start = definition.cte->plan.get();
    return trim(resolve(definition.cte->plan));
}

Rel Impl::cte_reference(CteDefinition& definition) {
    const auto& cte = *definition.cte;
    if (definition.step) {
        definition.step_used = true;
        return cte_ref_node(definition.id, *definition.step, cte.name);
    }
    if (definition.open) throw bad_reference();
    auto finish = [&](Rel rel) {
        if (!cte.columns.empty()) return rename_columns(rel, cte.columns, cte.name, cte.origin);
        return with_qualifier(std::move(rel), {cte.name});
    };
    auto analyse = [&] {
        if (!definition.recursive) return cte_body(definition);
        return recursive_cte(definition);
    };
    if (!definition.shared || definition.inlined) return finish(analyse());
    if (!definition.rel) {
        Outer* outer = outers.empty() ? nullptr : outers.back();
        size_t used = outer ? outer->names.size() : 0;
        auto rel = finish(analyse());
        if (outer && outer->names.size() > used) {
            definition.inlined = true;
            return rel;
        }
        resolved::NamedExprs columns;
        bool renamed = false;
        for (size_t i = 0; i < rel.scope.size(); ++i) {
            renamed = renamed || rel.scope[i].name != rel.plan->output[i].name;
            auto c = named(rel.scope[i].name, resolved::ref(rel.plan->output[i]));
            c.attribute.metadata = rel.scope[i].metadata;
            columns.push_back(std::move(c));
        }
        if (renamed) rel = with_qualifier(make_project(rel, std::move(columns)), {cte.name});
        definition.id = next_cte_id();
        definition.rel = rel;
        cte_plans.push_back({definition.id, cte.name, rel.plan});
    }
    return cte_ref_node(definition.id, definition.rel->scope, cte.name);
}

namespace {

// The two sides of the UNION ALL that a recursive definition is.
struct RecursionParts {
    plan::RelationPtr anchor;
    plan::RelationPtr step;
};

bool mentions(const plan::RelationPtr& part, const plan::Cte& cte);

RecursionParts recursion_parts(const plan::Relation& body, const plan::Cte& cte) {
    if (body.kind == plan::RelationKind::kSubqueryAlias)
        return recursion_parts(*body.as<plan::SubqueryAlias>().child, cte);
    if (body.kind == plan::RelationKind::kWith) {
        // Both sides see the definitions.
        const auto& with = body.as<plan::With>();
        bool inside = std::any_of(with.ctes.begin(), with.ctes.end(),
            [&](const plan::Cte& inner) { return mentions(inner.plan, cte); });
        if (inside) throw analysis_error("INVALID_RECURSIVE_CTE");
        auto parts = recursion_parts(*with.child, cte);
        for (auto* part : {&parts.anchor, &parts.step}) {
            auto side = std::make_shared<plan::With>(with);
            side->child = *part;
            *part = std::move(side);
        }
        return parts;
    }
    bool is_union = body.kind == plan::RelationKind::kSetOperation &&
                    body.as<plan::SetOperation>().type == plan::SetOpType::kUnion;
    if (!is_union) throw analysis_error("INVALID_RECURSIVE_CTE");
    const auto& both = body.as<plan::SetOperation>();
    if (!both.all) throw analysis_error("UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE");
    return {both.left, both.right};
}

bool mentions(const plan::RelationPtr& part, const plan::Cte& cte) {
    bool found = false;
    plan::walk(part, [&](const plan::Relation& r) {
        if (r.kind != plan::RelationKind::kNamedTable) return;
        const auto& name = r.as<plan::NamedTable>().name;
        found = found || (name.size() == 1 && types::names_equal(name[0], cte.name));
    });
    return found;
}

}  // namespace

// The recursive step over the anchor's columns.
Rel Impl::recursive_step(
    CteDefinition& definition, const Rel& anchor, const plan::RelationPtr& body) {
    definition.step = anchor.scope;
    // A step that sometimes gives NULL makes the column nullable from its second round on.
    for (auto& a : *definition.step) a.nullable = true;
    plan::Cte step_cte = *definition.cte;
    step_cte.plan = body;
    const plan::Cte* original = definition.cte;
    definition.cte = &step_cte;
    struct Restore {
        CteDefinition& definition;
        const plan::Cte* cte;
        ~Restore() {
            definition.cte = cte;
            definition.step.reset();
        }
    } restore{definition, original};
    auto step = cte_body(definition);
    if (!definition.step_used) throw analysis_error("INVALID_RECURSIVE_CTE");
    if (!step_well_placed(*step.plan, definition.id, true)) throw bad_reference();
    return step;
}

// The step's columns take the anchor's types, which must be wide enough for them.
std::vector<types::TypePtr> Impl::recursion_types(const Rel& anchor, const Rel& step) {
    if (step.scope.size() != anchor.scope.size()) {
        throw analysis_error("NUM_COLUMNS_MISMATCH",
            {{"operator", "UNION"}, {"firstNumColumns", std::to_string(anchor.scope.size())},
                {"invalidOrdinalNum", "second"},
                {"invalidNumColumns", std::to_string(step.scope.size())}});
    }
    std::vector<types::TypePtr> types;
    for (size_t i = 0; i < anchor.scope.size(); ++i) {
        const auto& from = step.scope[i].type;
        const auto& to = anchor.scope[i].type;
        auto wider = wider_type(to, from, ansi());
        if (!wider || !wider->same_type(*to)) {
            throw analysis_error("CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE",
                {{"left", quoted_type(*to)}, {"right", quoted_type(*from)}});
        }
        types.push_back(to);
    }
    return types;
}

Rel Impl::recursive_cte(CteDefinition& definition) {
    const auto& cte = *definition.cte;
    if (!mentions(cte.plan, cte)) return cte_body(definition);
    auto parts = recursion_parts(*cte.plan, cte);
    if (mentions(parts.anchor, cte)) throw analysis_error("INVALID_RECURSIVE_CTE");
    plan::Cte anchor_cte = cte;
    anchor_cte.plan = parts.anchor;
    CteDefinition anchor_definition;
    anchor_definition.cte = &anchor_cte;
    anchor_definition.visible_scopes = definition.visible_scopes;
    anchor_definition.visible_entries = definition.visible_entries;
    definition.open = true;
    auto anchor = cte_body(anchor_definition);
    definition.open = false;
    if (!cte.columns.empty()) anchor = rename_columns(anchor, cte.columns, cte.name, cte.origin);

    definition.id = next_cte_id();
    auto step = recursive_step(definition, anchor, parts.step);
    auto types = recursion_types(anchor, step);
    auto plan = std::make_shared<resolved::RecursiveCte>();
    plan->cte_id = definition.id;
    plan->name = cte.name;
    plan->anchor = anchor.plan;
    plan->recursion = cast_columns(step, types).plan;
    auto limit = [&](const char* key, int64_t fallback) {
        return std::stoll(conf(key, std::to_string(fallback)));
    };
    plan->max_recursion = cte.max_recursion.value_or(
        limit("spark.sql.cteRecursionLevelLimit", 100));
    plan->max_rows = limit("spark.sql.cteRecursionRowLimit", 1000000);
    for (size_t i = 0; i < anchor.scope.size(); ++i) {
        bool nullable = anchor.scope[i].nullable || step.scope[i].nullable;
        plan->output.push_back(new_attribute(anchor.scope[i].name, types[i], nullable));
    }
    return leaf(plan);
}

}  // namespace hanok::analyzer
