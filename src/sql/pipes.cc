// Pipe operators: query |> WHERE … |> AGGREGATE …
#include "sql/parser_impl.h"

namespace hanok::sql {

RelationPtr Parser::pipe_operator(RelationPtr left, size_t first) {
    c_.take();
    switch (c_.peek().keyword) {
        case Kw::kSelect:
        case Kw::kExtend: return pipe_select(std::move(left), first);
        case Kw::kSet: return pipe_set(std::move(left), first);
        case Kw::kDrop: return pipe_drop(std::move(left), first);
        case Kw::kAs: {
            c_.take();
            auto a = std::make_shared<plan::SubqueryAlias>();
            a->alias = error_capturing_identifier();
            a->child = std::move(left);
            return done(a, first);
        }
        case Kw::kWhere: return pipe_where(std::move(left), first);
        case Kw::kPivot:
        case Kw::kUnpivot: {
            size_t place = c_.pos();
            bool is_pivot = at_pivot();
            left = is_pivot ? pivot(std::move(left), first) : unpivot(std::move(left), first);
            if (is_pivot ? at_unpivot() : at_pivot())
                c_.fail("NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT", {}, place);
            return left;
        }
        case Kw::kTablesample: return sample(std::move(left), first);
        case Kw::kUnion:
        case Kw::kExcept:
        case Kw::kSetminus:
        case Kw::kIntersect: {
            auto op = std::make_shared<plan::SetOperation>();
            Kw k = c_.take().keyword;
            op->type = k == Kw::kUnion       ? plan::SetOpType::kUnion
                       : k == Kw::kIntersect ? plan::SetOpType::kIntersect
                                             : plan::SetOpType::kExcept;
            op->all = c_.accept(Kw::kAll);
            if (!op->all) c_.accept(Kw::kDistinct);
            op->left = std::move(left);
            op->right = query_primary();
            return done(op, first);
        }
        case Kw::kOrder:
        case Kw::kSort:
        case Kw::kCluster:
        case Kw::kDistribute:
        case Kw::kWindow:
        case Kw::kLimit:
        case Kw::kOffset: return query_organization(std::move(left), first, true);
        case Kw::kAggregate: return pipe_aggregate(std::move(left), first);
        default:
            if (at_join()) return join(std::move(left), first);
            c_.fail_syntax();
    }
}

RelationPtr Parser::pipe_select(RelationPtr left, size_t first) {
    bool extend = c_.at(Kw::kExtend);
    auto p = std::make_shared<plan::Project>();
    p->pipe_clause = extend ? "EXTEND" : "SELECT";
    bool distinct = false;
    Exprs hints;
    if (extend) {
        c_.take();
        p->columns = named_expression_list();
        p->columns.insert(p->columns.begin(), std::make_shared<plan::Star>());
    } else {
        SelectClause clause = select_clause();
        distinct = clause.distinct;
        hints = std::move(clause.hints);
        p->columns = std::move(clause.columns);
    }
    RelationPtr out;
    if (!extend && c_.at_words({Kw::kGroup, Kw::kBy})) {
        out = aggregation(std::move(left), std::move(p->columns), first, false);
        if (c_.accept(Kw::kHaving)) {
            auto f = std::make_shared<plan::Filter>();
            f->is_having = true;
            f->child = std::move(out);
            f->condition = expression();
            out = done(f, first);
        }
    } else {
        p->child = std::move(left);
        out = done(p, first);
    }
    if (distinct) {
        auto d = std::make_shared<plan::Distinct>();
        d->child = std::move(out);
        out = done(d, first);
    }
    for (auto it = hints.rbegin(); it != hints.rend(); ++it) {
        auto h = std::make_shared<plan::Hint>();
        h->child = std::move(out);
        h->name = (*it)->as<plan::Function>().name[0];
        h->parameters = (*it)->as<plan::Function>().args;
        out = done(h, first);
    }
    if (c_.at(Kw::kWindow) && at_identifier(1)) out = window_clause(std::move(out), first);
    return out;
}

// SET a = e, b = f: one step each, so that later ones see earlier ones.
RelationPtr Parser::pipe_set(RelationPtr left, size_t first) {
    c_.expect(Kw::kSet);
    do {
        size_t place = c_.pos();
        std::vector<std::string> names{error_capturing_identifier()};
        if (c_.at(Tok::kDot)) {
            not_allowed("|> SET takes a plain column name, not a field of one.", place);
        }
        c_.expect(Tok::kEqual);
        ExprPtr value = expression();
        auto w = std::make_shared<plan::WithColumns>();
        w->child = std::move(left);
        w->columns = {node<plan::Alias>(place, value, std::move(names))};
        w->must_exist = true;
        left = done(w, first);
    } while (c_.accept(Tok::kComma));
    return left;
}

RelationPtr Parser::pipe_drop(RelationPtr left, size_t first) {
    c_.expect(Kw::kDrop);
    auto s = std::make_shared<plan::Star>();
    size_t place = c_.pos();
    for (auto& name : multipart_identifier_list()) s->except.push_back(std::move(name));
    auto p = std::make_shared<plan::Project>();
    p->child = std::move(left);
    p->pipe_clause = "DROP";
    p->columns = {done(s, place)};
    return done(p, first);
}

RelationPtr Parser::pipe_where(RelationPtr left, size_t first) {
    c_.expect(Kw::kWhere);
    size_t place = c_.pos();
    auto f = std::make_shared<plan::Filter>();
    f->child = std::move(left);
    f->condition = expression();
    if (c_.at(Kw::kWindow) && at_identifier(1) && c_.at(Kw::kAs, 2)) {
        c_.fail("NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE", {}, place);
    }
    return done(f, first);
}

// AGGREGATE [list] [GROUP BY …]: the grouping columns, then the list.
RelationPtr Parser::pipe_aggregate(RelationPtr left, size_t first) {
    size_t place = c_.pos();
    c_.expect(Kw::kAggregate);
    auto out = std::make_shared<plan::Aggregate>();
    bool grouped = c_.at_words({Kw::kGroup, Kw::kBy}) && !at_end_of_clause(2);
    bool listed = !grouped && !at_end_of_clause(0) && !at_pipe();
    Exprs columns;
    if (listed) columns = named_expression_list();
    if (!listed && !grouped)
        not_allowed("|> AGGREGATE needs aggregate functions or GROUP BY.", place);
    if (c_.at_words({Kw::kGroup, Kw::kBy})) {
        RelationPtr grouping = aggregation(left, columns, first, true);
        const auto& a = grouping->as<plan::Aggregate>();
        auto refuse = [&](const std::string& what) {
            c_.fail("UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE",
                {{"case", what}}, place);
        };
        if (a.grouping_kind == plan::GroupingKind::kAll) refuse("GROUP BY ALL");
        if (a.grouping_kind != plan::GroupingKind::kGroupBy) refuse("GROUPING SETS");
        for (const auto& e : a.grouping) {
            if (e->kind != plan::ExprKind::kFunction) continue;
            const auto& name = e->as<plan::Function>().name;
            if (name == Name{"rollup"} || name == Name{"cube"} || name == Name{"grouping_sets"})
                refuse("GROUPING SETS");
        }
        out->grouping = a.grouping;
    }
    out->child = std::move(left);
    out->columns = std::move(columns);
    out->is_dataframe = true;
    out->is_pipe = true;
    return done(out, first);
}

}  // namespace hanok::sql
