// UNION, INTERSECT, EXCEPT, and union by name.

#include <algorithm>

#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::NamedExprs;
using resolved::SetOpType;
using types::DataType;
using types::TypeId;

using Impl = Analyzer::Impl;

namespace {

std::string ordinal(size_t index) {
    static const char* names[] = {"first", "second", "third", "fourth", "fifth", "sixth", "seventh",
        "eighth", "ninth", "tenth"};
    if (index < std::size(names)) return names[index];
    return std::to_string(index + 1) + "th";
}

// The columns of the first input live on under new ids.
PlanIdsPtr renamed_ids(
    const PlanIdsPtr& tree, const std::map<resolved::AttributeId, resolved::Attribute>& now) {
    if (!tree) return tree;
    auto copy = std::make_shared<PlanIds>(*tree);
    for (auto& a : copy->output) {
        auto it = now.find(a.id);
        if (it != now.end()) a.id = it->second.id;
    }
    for (auto& child : copy->children) child = renamed_ids(child, now);
    return copy;
}

}  // namespace

Rel Impl::cast_columns(const Rel& rel, const std::vector<types::TypePtr>& types) {
    bool changed = false;
    NamedExprs columns;
    for (size_t i = 0; i < types.size(); ++i) {
        const auto& a = rel.plan->output[i];
        auto cast = cast_to(resolved::ref(a), types[i], ansi());
        if (*a.type == *types[i]) {
            columns.push_back(pass_column(a));
            continue;
        }
        changed = true;
        columns.push_back(named(a.name, cast));
    }
    return changed ? make_project(rel, std::move(columns)) : rel;
}

namespace {

bool has_collation(const std::vector<types::TypePtr>& types) {
    return std::any_of(types.begin(), types.end(),
        [](const auto& t) { return t->is_string() && !t->is_default_collation(); });
}

// Distinct rows know collations; set operations of the engine do not.
resolved::PlanPtr distinct_rows(const resolved::PlanPtr& plan) {
    auto distinct = std::make_shared<resolved::Distinct>();
    distinct->child = plan;
    distinct->output = plan->output;
    return distinct;
}

}  // namespace

Rel Impl::make_set_operation(
    std::vector<Rel> inputs, SetOpType type, bool all, const std::string& name) {
    const auto& first = inputs[0];
    std::vector<types::TypePtr> types;
    for (const auto& a : first.scope) types.push_back(a.type);
    for (size_t n = 1; n < inputs.size(); ++n) {
        const auto& other = inputs[n];
        if (other.scope.size() != types.size()) {
            throw analysis_error("NUM_COLUMNS_MISMATCH",
                {{"operator", name}, {"firstNumColumns", std::to_string(types.size())},
                    {"invalidOrdinalNum", ordinal(n)},
                    {"invalidNumColumns", std::to_string(other.scope.size())}});
        }
        for (size_t i = 0; i < types.size(); ++i) {
            auto wider = wider_type(types[i], other.scope[i].type, ansi());
            if (!wider) {
                throw analysis_error("INCOMPATIBLE_COLUMN_TYPE",
                    {{"operator", name}, {"columnOrdinalNumber", ordinal(i)},
                        {"tableOrdinalNumber", ordinal(n)},
                        {"dataType1", quoted_type(*other.scope[i].type)},
                        {"dataType2", quoted_type(*types[i])}, {"hint", ""}});
            }
            types[i] = wider;
        }
    }
    bool compares = !(type == SetOpType::kUnion && all);
    for (size_t i = 0; i < types.size() && compares; ++i) {
        if (types[i]->is_comparable_for_equality()) continue;
        throw analysis_error(types[i]->is(TypeId::kVariant)
                                 ? "UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE"
                                 : "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE",
            {{"colName", quote_identifier(first.scope[i].name)},
                {"dataType", quoted_type(*types[i])}});
    }
    auto plan = std::make_shared<resolved::SetOperation>();
    plan->type = type;
    bool collated = type == SetOpType::kUnion && !all && has_collation(types);
    plan->all = all || collated;
    for (const auto& input : inputs) {
        auto child = cast_columns(input, types).plan;
        // UNION ALL of UNION ALL is one node.
        bool flat = !compares && child->kind == resolved::PlanKind::kSetOperation &&
                    child->as<resolved::SetOperation>().type == SetOpType::kUnion &&
                    child->as<resolved::SetOperation>().all;
        if (flat) {
            const auto& below = child->as<resolved::SetOperation>().children;
            plan->children.insert(plan->children.end(), below.begin(), below.end());
        } else {
            plan->children.push_back(child);
        }
    }
    std::map<resolved::AttributeId, resolved::Attribute> now;
    Rel rel;
    for (size_t i = 0; i < types.size(); ++i) {
        bool nullable = plan->children[0]->output[i].nullable;
        for (size_t n = 1; n < plan->children.size(); ++n) {
            bool other = plan->children[n]->output[i].nullable;
            if (type == SetOpType::kUnion) nullable = nullable || other;
            if (type == SetOpType::kIntersect) nullable = nullable && other;
        }
        auto a = new_attribute(first.scope[i].name, types[i], nullable);
        a.qualifier = first.scope[i].qualifier;
        now.emplace(first.scope[i].id, a);
        plan->output.push_back(a);
    }
    rel.scope = plan->output;
    rel.ids = renamed_ids(first.ids, now);
    rel.plan = collated ? distinct_rows(plan) : resolved::PlanPtr(plan);
    return rel;
}

Rel Impl::union_by_name(Rel left, Rel right, bool allow_missing) {
    NamedExprs left_columns;
    NamedExprs right_columns;
    std::set<resolved::AttributeId> used;
    auto find = [&](const Rel& rel, const std::string& name) -> const resolved::Attribute* {
        for (const auto& a : rel.scope) {
            if (types::names_equal(a.name, name, options.case_sensitive)) return &a;
        }
        return nullptr;
    };
    auto missing = [&](const resolved::Attribute& a, const Rel& other) {
        if (!allow_missing) {
            std::string fields;
            for (const auto& b : other.scope) fields += (fields.empty() ? "" : ", ") + b.name;
            throw analysis_error("UNRESOLVED_COLUMN_AMONG_FIELD_NAMES",
                {{"colName", a.name}, {"fieldNames", fields}});
        }
        return named(a.name, null_of(a.type));
    };
    for (const auto* side : {&left, &right}) {
        for (size_t i = 0; i < side->scope.size(); ++i) {
            for (size_t j = 0; j < i; ++j) {
                if (types::names_equal(
                        side->scope[i].name, side->scope[j].name, options.case_sensitive)) {
                    throw analysis_error("COLUMN_ALREADY_EXISTS",
                        {{"columnName", quote_identifier(types::to_lower(side->scope[i].name))}});
                }
            }
        }
    }
    for (const auto& a : left.scope) {
        left_columns.push_back(pass_column(a));
        const auto* b = find(right, a.name);
        if (b) used.insert(b->id);
        if (b && allow_missing) {
            auto [x, y] = merge_structs(resolved::ref(a), resolved::ref(*b));
            if (x->type != a.type) left_columns.back() = named(a.name, x);
            right_columns.push_back(y->type == b->type ? pass_column(*b) : named(b->name, y));
            continue;
        }
        right_columns.push_back(b ? pass_column(*b) : missing(a, right));
    }
    for (const auto& b : right.scope) {
        if (used.count(b.id)) continue;
        if (!allow_missing) {
            missing(b, left);
        }
        left_columns.push_back(missing(b, left));
        right_columns.push_back(pass_column(b));
    }
    return make_set_operation({make_project(left, std::move(left_columns)),
                                  make_project(right, std::move(right_columns))},
        SetOpType::kUnion, true, "UNION");
}

// Two structs with the fields of both, in the order of the first, NULL where one has none.
std::pair<resolved::ExprPtr, resolved::ExprPtr> Impl::merge_structs(
    const resolved::ExprPtr& a, const resolved::ExprPtr& b) {
    if (!a->type->is(TypeId::kStruct) || !b->type->is(TypeId::kStruct) ||
        a->type->same_type(*b->type))
        return {a, b};
    resolved::Exprs left;
    resolved::Exprs right;
    auto add = [&](const std::string& name, const resolved::ExprPtr& x,
                   const resolved::ExprPtr& y) {
        left.push_back(string_literal(name));
        left.push_back(x);
        right.push_back(string_literal(name));
        right.push_back(y);
    };
    const auto& fields = a->type->fields();
    for (size_t i = 0; i < fields.size(); ++i) {
        int other = b->type->field_index(fields[i].name, options.case_sensitive);
        if (other < 0) {
            add(fields[i].name, struct_field(a, i), null_of(fields[i].type));
        } else {
            auto [x, y] = merge_structs(
                struct_field(a, i), struct_field(b, static_cast<size_t>(other)));
            add(fields[i].name, x, y);
        }
    }
    for (size_t i = 0; i < b->type->fields().size(); ++i) {
        const auto& f = b->type->fields()[i];
        if (a->type->field_index(f.name, options.case_sensitive) < 0)
            add(f.name, null_of(f.type), struct_field(b, i));
    }
    auto whole = [&](const resolved::ExprPtr& source, resolved::Exprs parts) {
        auto made = call("named_struct", std::move(parts));
        if (!source->nullable) return made;
        return call("if", {call("isnull", {source}), null_of(made->type), made});
    };
    return {whole(a, std::move(left)), whole(b, std::move(right))};
}

Rel Impl::resolve_set_operation(const plan::SetOperation& operation) {
    auto left = trim(resolve(operation.left));
    auto right = trim(resolve(operation.right));
    if (operation.by_name) {
        auto rel = union_by_name(left, right, operation.allow_missing_columns);
        if (operation.all || operation.type != plan::SetOpType::kUnion) return rel;
        auto distinct = std::make_shared<resolved::Distinct>();
        distinct->child = rel.plan;
        distinct->output = rel.plan->output;
        rel.plan = distinct;
        return rel;
    }
    std::string name = operation.type == plan::SetOpType::kUnion       ? "UNION"
                       : operation.type == plan::SetOpType::kIntersect ? "INTERSECT"
                                                                       : "EXCEPT";
    if (operation.all && operation.type != plan::SetOpType::kUnion) name += " ALL";
    auto type = operation.type == plan::SetOpType::kUnion       ? SetOpType::kUnion
                : operation.type == plan::SetOpType::kIntersect ? SetOpType::kIntersect
                                                                : SetOpType::kExcept;
    return make_set_operation({std::move(left), std::move(right)}, type, operation.all, name);
}

}  // namespace hanok::analyzer
