#include "resolved/tree.h"

#include <algorithm>

#include "resolved/fingerprint.h"

namespace hanok::resolved {

namespace {

void add_orders(const std::vector<SortOrder>& orders, Exprs& out) {
    for (const auto& o : orders) out.push_back(o.expr);
}

void add_if(const ExprPtr& e, Exprs& out) {
    if (e) out.push_back(e);
}

// Takes parts back in the order in which children() gave them.
struct Parts {
    const Exprs& parts;
    size_t next = 0;

    ExprPtr one() { return parts[next++]; }
    void list(Exprs& exprs) {
        for (auto& e : exprs) e = one();
    }
    void orders(std::vector<SortOrder>& orders) {
        for (auto& o : orders) o.expr = one();
    }
    void maybe(ExprPtr& e) {
        if (e) e = one();
    }
};

bool same_list(const Exprs& a, const Exprs& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
        [](const ExprPtr& x, const ExprPtr& y) { return same_expression(*x, *y); });
}

bool same_orders(const std::vector<SortOrder>& a, const std::vector<SortOrder>& b) {
    return std::equal(
        a.begin(), a.end(), b.begin(), b.end(), [](const SortOrder& x, const SortOrder& y) {
            return x.ascending == y.ascending && x.nulls_first == y.nulls_first;
        });
}

// Written twice, a subquery is analysed twice: the plans differ in ids only.
bool same_subquery(const Subquery& a, const Subquery& b) {
    if (a.plan == b.plan) return true;
    bool same_outer = std::equal(a.outer.begin(), a.outer.end(), b.outer.begin(), b.outer.end(),
        [](const Attribute& x, const Attribute& y) { return x.id == y.id; });
    return a.subquery_kind == b.subquery_kind && same_outer &&
           fingerprint(*a.plan) == fingerprint(*b.plan);
}

bool same_python(
    const std::shared_ptr<const PythonUdf>& a, const std::shared_ptr<const PythonUdf>& b) {
    if (a == b) return true;
    return a && b && a->command == b->command && a->name == b->name;
}

// What distinguishes two nodes of one kind beside their parts.
bool same_node(const Expression& a, const Expression& b) {
    switch (a.kind) {
        case ExprKind::kLiteral: return a.as<Literal>().value == b.as<Literal>().value;
        case ExprKind::kAttribute: return a.as<AttributeRef>().id == b.as<AttributeRef>().id;
        case ExprKind::kOuterAttribute:
            return a.as<OuterAttributeRef>().id == b.as<OuterAttributeRef>().id;
        case ExprKind::kCall:
            return a.as<Call>().function == b.as<Call>().function &&
                   a.as<Call>().ansi == b.as<Call>().ansi;
        case ExprKind::kCast: return a.as<Cast>().mode == b.as<Cast>().mode;
        case ExprKind::kAggregate: {
            const auto& x = a.as<Aggregate>();
            const auto& y = b.as<Aggregate>();
            return x.function == y.function && x.distinct == y.distinct &&
                   x.ignore_nulls == y.ignore_nulls && !x.filter == !y.filter &&
                   same_python(x.python, y.python) && same_orders(x.within_group, y.within_group);
        }
        case ExprKind::kWindow: {
            const auto& x = a.as<Window>();
            const auto& y = b.as<Window>();
            return x.function == y.function && x.distinct == y.distinct &&
                   x.ignore_nulls == y.ignore_nulls && !x.filter == !y.filter &&
                   same_python(x.python, y.python) && x.rows_frame == y.rows_frame &&
                   x.lower.kind == y.lower.kind && x.upper.kind == y.upper.kind &&
                   x.args.size() == y.args.size() &&
                   x.partition_by.size() == y.partition_by.size() &&
                   same_orders(x.order_by, y.order_by) &&
                   same_orders(x.within_group, y.within_group);
        }
        case ExprKind::kLambda: {
            const auto& x = a.as<Lambda>().parameters;
            const auto& y = b.as<Lambda>().parameters;
            return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                [](const Attribute& p, const Attribute& q) { return p.id == q.id; });
        }
        case ExprKind::kSubquery: return same_subquery(a.as<Subquery>(), b.as<Subquery>());
        case ExprKind::kPythonUdf:
            return a.as<PythonUdf>().command == b.as<PythonUdf>().command &&
                   a.as<PythonUdf>().name == b.as<PythonUdf>().name;
    }
    return false;
}

bool is_commutative(const std::string& f) {
    return f == "+" || f == "*" || f == "and" || f == "or" || f == "=" || f == "<=>" || f == "&" ||
           f == "|" || f == "^";
}

// The operands of a chain of one operator, in order.
void operands(const Expression& e, const Call& top, Exprs& out) {
    for (const auto& arg : e.as<Call>().args) {
        bool chained = top.function != "=" && top.function != "<=>" &&
                       arg->kind == ExprKind::kCall && arg->as<Call>().function == top.function &&
                       arg->type->same_type(*top.type);
        if (chained) {
            operands(*arg, top, out);
        } else {
            out.push_back(arg);
        }
    }
}

// a + b and b + a.
bool same_operands(const Expression& a, const Expression& b) {
    Exprs x;
    Exprs y;
    operands(a, a.as<Call>(), x);
    operands(b, b.as<Call>(), y);
    if (x.size() != y.size()) return false;
    for (const auto& e : x) {
        auto it = std::find_if(
            y.begin(), y.end(), [&](const ExprPtr& other) { return same_expression(*e, *other); });
        if (it == y.end()) return false;
        y.erase(it);
    }
    return true;
}

}  // namespace

Exprs children(const Expression& e) {
    Exprs out;
    switch (e.kind) {
        case ExprKind::kLiteral:
        case ExprKind::kAttribute:
        case ExprKind::kOuterAttribute: break;
        case ExprKind::kCall: return e.as<Call>().args;
        case ExprKind::kCast: return {e.as<Cast>().child};
        case ExprKind::kAggregate: {
            const auto& a = e.as<Aggregate>();
            out = a.args;
            add_if(a.filter, out);
            add_orders(a.within_group, out);
            break;
        }
        case ExprKind::kWindow: {
            const auto& w = e.as<Window>();
            out = w.args;
            add_if(w.filter, out);
            add_orders(w.within_group, out);
            out.insert(out.end(), w.partition_by.begin(), w.partition_by.end());
            add_orders(w.order_by, out);
            add_if(w.lower.offset, out);
            add_if(w.upper.offset, out);
            break;
        }
        case ExprKind::kLambda: return {e.as<Lambda>().body};
        case ExprKind::kSubquery: return e.as<Subquery>().in_values;
        case ExprKind::kPythonUdf: return e.as<PythonUdf>().args;
    }
    return out;
}

ExprPtr with_children(const ExprPtr& e, const Exprs& parts) {
    if (parts == children(*e)) return e;
    Parts p{parts};
    switch (e->kind) {
        case ExprKind::kLiteral:
        case ExprKind::kAttribute:
        case ExprKind::kOuterAttribute: return e;
        case ExprKind::kCall: {
            auto copy = std::make_shared<Call>(e->as<Call>());
            p.list(copy->args);
            return copy;
        }
        case ExprKind::kCast: {
            auto copy = std::make_shared<Cast>(e->as<Cast>());
            copy->child = p.one();
            return copy;
        }
        case ExprKind::kAggregate: {
            auto copy = std::make_shared<Aggregate>(e->as<Aggregate>());
            p.list(copy->args);
            p.maybe(copy->filter);
            p.orders(copy->within_group);
            return copy;
        }
        case ExprKind::kWindow: {
            auto copy = std::make_shared<Window>(e->as<Window>());
            p.list(copy->args);
            p.maybe(copy->filter);
            p.orders(copy->within_group);
            p.list(copy->partition_by);
            p.orders(copy->order_by);
            p.maybe(copy->lower.offset);
            p.maybe(copy->upper.offset);
            return copy;
        }
        case ExprKind::kLambda: {
            auto copy = std::make_shared<Lambda>(e->as<Lambda>());
            copy->body = p.one();
            return copy;
        }
        case ExprKind::kSubquery: {
            auto copy = std::make_shared<Subquery>(e->as<Subquery>());
            p.list(copy->in_values);
            return copy;
        }
        case ExprKind::kPythonUdf: {
            auto copy = std::make_shared<PythonUdf>(e->as<PythonUdf>());
            p.list(copy->args);
            return copy;
        }
    }
    return e;
}

ExprPtr transform(const ExprPtr& e, const std::function<ExprPtr(const ExprPtr&)>& rewrite) {
    if (auto replaced = rewrite(e)) return replaced;
    auto parts = children(*e);
    bool changed = false;
    for (auto& part : parts) {
        auto next = transform(part, rewrite);
        changed = changed || next != part;
        part = std::move(next);
    }
    return changed ? with_children(e, parts) : e;
}

void walk(const Expression& e, const std::function<bool(const Expression&)>& visit) {
    if (!visit(e)) return;
    for (const auto& part : children(e)) walk(*part, visit);
}

bool contains(const Expression& e, ExprKind kind) {
    if (e.kind == kind) return true;
    auto parts = children(e);
    return std::any_of(
        parts.begin(), parts.end(), [&](const ExprPtr& part) { return contains(*part, kind); });
}

bool same_expression(const Expression& a, const Expression& b) {
    if (&a == &b) return true;
    if (a.kind != b.kind || !a.type->same_type(*b.type) || !same_node(a, b)) return false;
    if (a.kind == ExprKind::kCall && is_commutative(a.as<Call>().function))
        return same_operands(a, b);
    return same_list(children(a), children(b));
}

bool is_deterministic(const Expression& e) {
    if (e.kind == ExprKind::kCall && !e.as<Call>().deterministic) return false;
    if (e.kind == ExprKind::kPythonUdf && !e.as<PythonUdf>().deterministic) return false;
    auto parts = children(e);
    return std::all_of(
        parts.begin(), parts.end(), [](const ExprPtr& part) { return is_deterministic(*part); });
}

bool is_foldable(const Expression& e) {
    switch (e.kind) {
        case ExprKind::kLiteral: return true;
        case ExprKind::kAttribute: return e.as<AttributeRef>().is_lambda;
        case ExprKind::kCall:
            if (!e.as<Call>().deterministic) return false;
            break;
        case ExprKind::kCast:
        case ExprKind::kLambda: break;
        default: return false;
    }
    auto parts = children(e);
    return std::all_of(
        parts.begin(), parts.end(), [](const ExprPtr& part) { return is_foldable(*part); });
}

std::set<AttributeId> references(const Expression& e) {
    std::set<AttributeId> ids;
    walk(e, [&](const Expression& node) {
        if (node.kind == ExprKind::kAttribute && !node.as<AttributeRef>().is_lambda) {
            ids.insert(node.as<AttributeRef>().id);
        }
        if (node.kind == ExprKind::kSubquery) {
            for (const auto& a : node.as<Subquery>().outer) ids.insert(a.id);
        }
        return true;
    });
    return ids;
}

ExprPtr ref(const Attribute& attribute) { return std::make_shared<AttributeRef>(attribute); }

}  // namespace hanok::resolved
