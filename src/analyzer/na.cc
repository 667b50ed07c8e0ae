// df.na: fill, drop, replace.

#include <algorithm>

#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::Attribute;
using resolved::Attributes;
using resolved::ExprPtr;
using resolved::NamedExprs;
using types::DataType;
using types::TypeId;

using Impl = Analyzer::Impl;

namespace {

bool is_float(const DataType& t) { return t.is(TypeId::kFloat) || t.is(TypeId::kDouble); }

// Does a value of that type fill (or replace in) a column of this type?
bool applies(const DataType& value, const DataType& column) {
    if (value.is_numeric()) return column.is_numeric();
    if (value.is_string()) return column.is_string();
    return value.is(TypeId::kBoolean) && column.is(TypeId::kBoolean);
}

bool holds(const Attributes& columns, resolved::AttributeId id) {
    return std::any_of(
        columns.begin(), columns.end(), [&](const Attribute& a) { return a.id == id; });
}

}  // namespace

Attribute Impl::column(const Rel& rel, const std::string& name) {
    for (const auto& a : rel.scope) {
        if (a.name == name) return a;
    }
    auto matches = match_name(rel.scope, {name}, options.case_sensitive);
    if (matches.empty()) {
        Context c;
        c.input = &rel;
        resolve_in(c, plan::attribute({name}));
        throw unresolved_column({name});
    }
    if (matches.size() > 1) pick(matches, {name});
    return *std::find_if(rel.scope.begin(), rel.scope.end(),
        [&](const Attribute& a) { return a.id == matches[0].attribute.id; });
}

Attributes Impl::named_columns(const Rel& rel, const std::vector<std::string>& names) {
    if (names.empty()) return rel.scope;
    Attributes columns;
    for (const auto& name : names) {
        auto a = column(rel, name);
        if (!holds(columns, a.id)) columns.push_back(a);
    }
    return columns;
}

Rel Impl::resolve_na_fill(const plan::NaFill& fill) {
    auto child = trim(resolve(fill.child));
    if (fill.values.empty())
        throw Error(ErrorKind::kInvalidPlanInput, "CONNECT_INVALID_PLAN.NA_FILL_VALUES_EMPTY");
    bool one_each = fill.values.size() > 1;
    if (one_each && fill.values.size() != fill.columns.size()) {
        throw Error(
            ErrorKind::kInvalidPlanInput, "CONNECT_INVALID_PLAN.NA_FILL_VALUES_LENGTH_MISMATCH");
    }
    Context constants;
    auto values = resolve_in(constants, fill.values);
    std::map<resolved::AttributeId, ExprPtr> value_of;
    if (one_each) {
        for (size_t i = 0; i < values.size(); ++i)
            value_of[column(child, fill.columns[i]).id] = values[i].expr;
    } else {
        for (const auto& a : named_columns(child, fill.columns)) value_of[a.id] = values[0].expr;
    }
    NamedExprs columns;
    for (const auto& a : child.scope) {
        auto it = value_of.find(a.id);
        if (it == value_of.end() || !applies(*it->second->type, *a.type)) {
            columns.push_back(pass_column(a));
            continue;
        }
        auto value = cast_to(it->second, a.type, false);
        ExprPtr old = resolved::ref(a);
        if (is_float(*a.type)) old = call("nanvl", {old, null_of(a.type)});
        columns.push_back(named(a.name, call("coalesce", {old, value})));
    }
    return make_project(child, std::move(columns));
}

Rel Impl::resolve_na_drop(const plan::NaDrop& drop) {
    auto child = trim(resolve(drop.child));
    auto columns = named_columns(child, drop.columns);
    auto needed = drop.min_non_nulls.value_or(static_cast<int32_t>(columns.size()));
    bool all = needed == static_cast<int32_t>(columns.size());
    ExprPtr kept;
    for (const auto& a : columns) {
        ExprPtr present = call("isnotnull", {resolved::ref(a)});
        if (is_float(*a.type))
            present = call("and", {present, call("not", {call("isnan", {resolved::ref(a)})})});
        if (!all) present = call("if", {present, int_literal(1), int_literal(0)});
        kept = kept ? call(all ? "and" : "+", {kept, present}) : present;
    }
    if (!kept) return child;
    return make_filter(child, all ? kept : call(">=", {kept, int_literal(needed)}));
}

Rel Impl::resolve_na_replace(const plan::NaReplace& replace) {
    auto child = trim(resolve(replace.child));
    auto chosen = named_columns(child, replace.columns);
    Context constants;
    std::vector<std::pair<ExprPtr, ExprPtr>> pairs;
    for (const auto& [from, to] : replace.replacements) {
        pairs.emplace_back(resolve_in(constants, from).expr, resolve_in(constants, to).expr);
    }
    NamedExprs columns;
    for (const auto& a : child.scope) {
        resolved::Exprs branches;
        for (const auto& [from, to] : pairs) {
            const auto& decisive = from->type->is(TypeId::kNull) ? *to->type : *from->type;
            if (!holds(chosen, a.id) || !applies(decisive, *a.type)) continue;
            auto same = from->type->is(TypeId::kNull) ? call("isnull", {resolved::ref(a)})
                                                      : call("=", {resolved::ref(a), from});
            branches.push_back(same);
            branches.push_back(cast_to(to, a.type, false));
        }
        if (branches.empty()) {
            columns.push_back(pass_column(a));
            continue;
        }
        branches.push_back(resolved::ref(a));
        columns.push_back(named(a.name, call("when", std::move(branches))));
    }
    return make_project(child, std::move(columns));
}

}  // namespace hanok::analyzer
