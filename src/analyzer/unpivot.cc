// UNPIVOT / melt: one row for every value column of a row.

#include <algorithm>

#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::Attribute;
using resolved::ExprPtr;
using resolved::NamedExprs;
using types::DataType;

using Impl = Analyzer::Impl;

namespace {

std::string joined(const TypedList& columns) {
    std::string out;
    for (const auto& c : columns) out += (out.empty() ? "" : "_") + c.name;
    return out;
}

Error type_mismatch(const std::vector<TypedList>& groups) {
    std::map<std::string, std::string> by_type;
    for (const auto& g : groups) {
        for (const auto& c : g) {
            auto& names = by_type[quoted_type(*c.expr->type)];
            names += (names.empty() ? "" : ", ") + quote_identifier(c.name);
        }
    }
    std::string types;
    for (const auto& [type, names] : by_type)
        types += (types.empty() ? "" : ", ") + type + " (" + names + ")";
    return analysis_error("UNPIVOT_VALUE_DATA_TYPE_MISMATCH", {{"types", types}});
}

}  // namespace

Impl::UnpivotColumns Impl::unpivot_columns(const plan::Unpivot& unpivot, const Rel& child) {
    auto columns_of = [&](const plan::Exprs& exprs) {
        TypedList list;
        for (const auto& e : exprs) {
            if (is_star(e)) {
                for (auto& column : star_columns(*e)) list.push_back(std::move(column));
            } else {
                list.push_back(expression(e));
            }
        }
        return list;
    };
    UnpivotColumns columns;
    std::set<resolved::AttributeId> taken;
    auto take = [&](const TypedList& list) {
        for (const auto& t : list) taken.merge(resolved::references(*t.expr));
    };
    if (unpivot.ids) columns.ids = columns_of(*unpivot.ids);
    if (unpivot.values) {
        for (const auto& v : *unpivot.values) {
            auto list = columns_of(v);
            if (v.size() == 1 && is_star(v[0])) {
                for (auto& t : list) columns.groups.push_back({t});
            } else {
                columns.groups.push_back(list);
            }
        }
    }
    for (const auto& g : columns.groups) take(g);
    if (!unpivot.ids) {
        for (const auto& a : child.scope) {
            if (!taken.count(a.id)) columns.ids.push_back({resolved::ref(a), a.name});
        }
    }
    if (!unpivot.values) {
        take(columns.ids);
        for (const auto& a : child.scope) {
            if (!taken.count(a.id)) columns.groups.push_back({{resolved::ref(a), a.name}});
        }
    }
    if (columns.groups.empty()) throw analysis_error("UNPIVOT_REQUIRES_VALUE_COLUMNS");
    return columns;
}

std::vector<types::TypePtr> Impl::unpivot_types(
    const plan::Unpivot& unpivot, const std::vector<TypedList>& groups) {
    std::vector<types::TypePtr> types;
    for (size_t i = 0; i < unpivot.value_column_names.size(); ++i) {
        std::vector<types::TypePtr> all;
        bool text = false;
        bool other = false;
        for (const auto& g : groups) {
            if (g.size() != unpivot.value_column_names.size()) {
                std::string names;
                for (const auto& n : unpivot.value_column_names) {
                    names += (names.empty() ? "" : ", ") + quote_identifier(n);
                }
                throw analysis_error("UNPIVOT_VALUE_SIZE_MISMATCH", {{"names", names}});
            }
            all.push_back(g[i].expr->type);
            text = text || all.back()->is_string();
            other = other || !all.back()->is_string();
        }
        auto type = wider_type(all, ansi());
        if (!type || (text && other)) throw type_mismatch(groups);
        types.push_back(type);
    }
    return types;
}

SelectItem Impl::unpivot_stack(const plan::Unpivot& unpivot, const std::vector<TypedList>& groups) {
    auto types = unpivot_types(unpivot, groups);
    SelectItem stack;
    stack.is_generator = true;
    stack.function = "stack";
    stack.args.push_back(int_literal(static_cast<int64_t>(groups.size())));
    std::vector<bool> nullable(types.size(), false);
    for (size_t g = 0; g < groups.size(); ++g) {
        bool aliased = g < unpivot.value_aliases.size() && !unpivot.value_aliases[g].empty();
        stack.args.push_back(
            string_literal(aliased ? unpivot.value_aliases[g] : joined(groups[g])));
        for (size_t i = 0; i < types.size(); ++i) {
            stack.args.push_back(cast_to(groups[g][i].expr, types[i], ansi()));
            nullable[i] = nullable[i] || stack.args.back()->nullable;
        }
    }
    stack.generated.push_back(
        new_attribute(unpivot.variable_column_name, DataType::string(), false));
    for (size_t i = 0; i < types.size(); ++i) {
        stack.generated.push_back(
            new_attribute(unpivot.value_column_names[i], types[i], nullable[i]));
    }
    return stack;
}

Rel Impl::resolve_unpivot(const plan::Unpivot& unpivot) {
    auto child = trim(resolve(unpivot.child));
    Context c;
    c.input = &child;
    WithContext current(*this, c);
    auto [ids, groups] = unpivot_columns(unpivot, child);
    auto stack = unpivot_stack(unpivot, groups);
    auto rel = make_generate(child, stack);
    if (!unpivot.include_nulls) {
        ExprPtr any;
        for (size_t i = 1; i < stack.generated.size(); ++i) {
            auto present = call("isnotnull", {resolved::ref(stack.generated[i])});
            any = any ? call("or", {any, present}) : present;
        }
        rel = make_filter(rel, any);
    }
    NamedExprs columns;
    for (const auto& id : ids) {
        if (id.expr->kind == resolved::ExprKind::kAttribute) {
            const auto& r = id.expr->as<resolved::AttributeRef>();
            columns.push_back(
                pass_column({r.id, r.name, r.type, r.nullable, r.qualifier, r.metadata}));
        } else {
            columns.push_back(named(id.name, id.expr));
        }
    }
    for (const auto& a : stack.generated) columns.push_back(pass_column(a));
    auto result = make_project(rel, std::move(columns));
    result.ids = child.ids;
    result.hidden = nullptr;
    return result;
}

}  // namespace hanok::analyzer
