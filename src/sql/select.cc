// SELECT with its clauses up to HAVING and WINDOW.
#include "sql/parser_impl.h"

namespace hanok::sql {

Parser::SelectClause Parser::select_clause() {
    SelectClause clause;
    c_.expect(Kw::kSelect);
    while (c_.at(Tok::kHintStart)) hint(&clause.hints);
    if (c_.at(Kw::kDistinct) && (!at_end_of_clause(1) || c_.at(Tok::kStar, 1))) {
        c_.take();
        clause.distinct = true;
    } else if (c_.at(Kw::kAll) && !at_end_of_clause(1) && !c_.at(Tok::kDot, 1)) {
        c_.take();
    }
    if (at_end_of_clause(0) && !(c_.at(Kw::kFrom) && at_identifier(1))) {
        if (!c_.at(Kw::kFrom)) c_.fail_syntax();
    }
    clause.columns = named_expression_list();
    return clause;
}

void Parser::hint(Exprs* hints) {
    c_.expect(Tok::kHintStart);
    do {
        size_t first = c_.pos();
        if (at_identifier_clause() && c_.at(Tok::kString, 2)) {
            c_.take();
            c_.fail_syntax();
        }
        std::string name = identifier();
        Exprs parameters;
        if (c_.accept(Tok::kLeftParen)) {
            do {
                parameters.push_back(primary_expression());
            } while (c_.accept(Tok::kComma));
            c_.expect(Tok::kRightParen);
        }
        hints->push_back(call_node(std::move(name), std::move(parameters), first));
        c_.accept(Tok::kComma);
    } while (!c_.at(Tok::kHintEnd) && !c_.at(Tok::kEnd));
    c_.expect(Tok::kHintEnd);
}

// QUALIFY is no keyword elsewhere: a condition follows it.
bool Parser::at_qualify() const {
    return c_.at(Tok::kWord) && !at_end_of_clause(1) &&
           types::to_upper(std::string(c_.spelling(c_.peek()))) == "QUALIFY";
}

RelationPtr Parser::select_query(RelationPtr from) {
    size_t first = c_.pos();
    std::shared_ptr<plan::ScriptTransform> script;
    SelectClause clause = at_transform() ? transform_clause(&script) : select_clause();
    if (c_.at(Kw::kFrom)) {
        if (from) c_.fail_syntax();
        from = from_relations();
    }
    if (!from) from = node<plan::OneRow>(first);
    from = lateral_views(std::move(from));
    if (c_.accept(Kw::kWhere)) {
        auto f = std::make_shared<plan::Filter>();
        f->child = std::move(from);
        f->condition = expression();
        from = done(f, first);
    }
    RelationPtr out;
    bool grouped = c_.at_words({Kw::kGroup, Kw::kBy});
    bool having = false;
    if (grouped) {
        out = aggregation(std::move(from), std::move(clause.columns), first, false);
        having = c_.at(Kw::kHaving);
    } else if (c_.at(Kw::kHaving)) {  // one group of all rows
        auto a = std::make_shared<plan::Aggregate>();
        a->child = std::move(from);
        a->columns = std::move(clause.columns);
        out = done(a, first);
        having = true;
    } else {
        auto p = std::make_shared<plan::Project>();
        p->child = std::move(from);
        p->columns = std::move(clause.columns);
        out = done(p, first);
    }
    if (having) {
        c_.expect(Kw::kHaving);
        auto f = std::make_shared<plan::Filter>();
        f->is_having = true;
        f->child = std::move(out);
        f->condition = expression();
        out = done(f, first);
    }
    if (at_qualify()) {
        c_.take();
        auto qualify = std::make_shared<plan::Function>("qualify", Exprs{expression()});
        qualify->is_internal = true;
        auto f = std::make_shared<plan::Filter>();
        f->child = std::move(out);
        f->condition = std::move(qualify);
        out = done(f, first);
    }
    if (clause.distinct) {
        auto d = std::make_shared<plan::Distinct>();
        d->child = std::move(out);
        out = done(d, first);
    }
    for (auto it = clause.hints.rbegin(); it != clause.hints.rend(); ++it) {
        const auto& f = (*it)->as<plan::Function>();
        auto h = std::make_shared<plan::Hint>();
        h->child = std::move(out);
        h->name = f.name[0];
        h->parameters = f.args;
        out = done(h, first);
    }
    if (c_.at(Kw::kWindow) && at_identifier(1)) out = window_clause(std::move(out), first);
    if (!script) return out;
    return done(plan::make_script_transform(std::move(out), *script), first);
}

RelationPtr Parser::lateral_views(RelationPtr child) {
    while (c_.at_words({Kw::kLateral, Kw::kView})) {
        size_t first = c_.pos();
        c_.seek(first + 2);
        auto g = std::make_shared<plan::Generate>();
        g->child = std::move(child);
        g->outer = c_.at(Kw::kOuter) && at_identifier(1) && c_.accept(Kw::kOuter);
        size_t call = c_.pos();
        Name name = multipart_identifier();
        Exprs args;
        c_.expect(Tok::kLeftParen);
        if (!c_.at(Tok::kRightParen)) args = expression_list();
        c_.expect(Tok::kRightParen);
        g->generator = node<plan::Function>(call, std::move(name), std::move(args));
        if (at_identifier_clause() && c_.options().legacy_identifier_clause)
            c_.take(), c_.fail_syntax();
        if (!c_.at(Kw::kAs)) g->alias = identifier();
        bool columns = c_.accept(Kw::kAs) || (at_implicit_alias() && at_strict_identifier());
        if (columns) {
            do {
                g->columns.push_back(identifier());
            } while (c_.accept(Tok::kComma));
        }
        child = done(g, first);
    }
    return child;
}

// GROUP BY …; `columns` is the select list. In a pipe the output is the grouping columns, then
// `columns`.
RelationPtr Parser::aggregation(RelationPtr child, Exprs columns, size_t first, bool pipe) {
    c_.expect_words({Kw::kGroup, Kw::kBy});
    auto a = std::make_shared<plan::Aggregate>();
    a->child = std::move(child);
    a->columns = std::move(columns);
    if (c_.at(Kw::kWith) && c_.at_any({Kw::kRollup, Kw::kCube}, 1)) c_.fail_syntax();
    do {
        size_t place = c_.pos();
        ExprPtr e = grouping_element(false);
        if (pipe && !at_end_of_clause(0) && (c_.accept(Kw::kAs) || at_implicit_alias())) {
            std::vector<std::string> names{error_capturing_identifier()};
            e = node<plan::Alias>(place, e, std::move(names));
        }
        a->grouping.push_back(std::move(e));
    } while (c_.accept(Tok::kComma));
    if (c_.accept_words({Kw::kWith, Kw::kRollup})) {
        a->grouping_kind = plan::GroupingKind::kRollup;
    } else if (c_.accept_words({Kw::kWith, Kw::kCube})) {
        a->grouping_kind = plan::GroupingKind::kCube;
    } else if (c_.accept_words({Kw::kGrouping, Kw::kSets})) {
        a->grouping_kind = plan::GroupingKind::kGroupingSets;
        grouping_sets(&a->grouping_sets);
    } else if (a->grouping.size() == 1 && a->grouping[0]->kind == plan::ExprKind::kAttribute) {
        const auto& parts = a->grouping[0]->as<plan::Attribute>().parts;
        if (parts.size() == 1 && types::names_equal(parts[0], "all"))
            a->grouping_kind = plan::GroupingKind::kAll;
    }
    return done(a, first);
}

void Parser::grouping_sets(std::vector<Exprs>* sets) {
    c_.expect(Tok::kLeftParen);
    do {
        size_t place = c_.pos();
        ExprPtr set = grouping_set();
        sets->push_back(is_row(*set, place) ? set->as<plan::Function>().args : Exprs{set});
    } while (c_.accept(Tok::kComma));
    c_.expect(Tok::kRightParen);
}

// Is it a row written in parentheses?
bool Parser::is_row(const plan::Expression& e, size_t first) const {
    return e.kind == plan::ExprKind::kFunction && e.as<plan::Function>().name == Name{"struct"} &&
           c_.token_at(first).kind == Tok::kLeftParen;
}

// a, or (a, b) and () as calls of struct.
ExprPtr Parser::grouping_set() {
    size_t first = c_.pos();
    if (c_.at(Tok::kLeftParen) && c_.at(Tok::kRightParen, 1)) {
        c_.seek(first + 2);
        return call_node("struct", {}, first);
    }
    return expression();
}

// An expression, or rollup(…), cube(…), grouping_sets(…).
ExprPtr Parser::grouping_element(bool in_sets) {
    DepthGuard guard(this);
    size_t first = c_.pos();
    bool sets = c_.at_words({Kw::kGrouping, Kw::kSets}) && c_.at(Tok::kLeftParen, 2);
    bool rollup = c_.at_any({Kw::kRollup, Kw::kCube}) && c_.at(Tok::kLeftParen, 1);
    if (!sets && !rollup) {
        if (in_sets) return grouping_set();
        if (c_.at(Tok::kLeftParen) && c_.at(Tok::kRightParen, 1)) c_.take(), c_.fail_syntax();
        return expression();
    }
    std::string name = sets ? "grouping_sets" : c_.at(Kw::kRollup) ? "rollup" : "cube";
    c_.seek(c_.pos() + (sets ? 3 : 2));
    Exprs args;
    do {
        ExprPtr e = sets ? grouping_element(true) : grouping_set();
        bool empty = rollup && e->kind == plan::ExprKind::kFunction &&
                     e->as<plan::Function>().args.empty() &&
                     e->as<plan::Function>().name == Name{"struct"};
        if (empty) c_.fail("_LEGACY_ERROR_TEMP_0051", {{"element", types::to_upper(name)}}, first);
        args.push_back(std::move(e));
    } while (c_.accept(Tok::kComma));
    c_.expect(Tok::kRightParen);
    return call_node(std::move(name), std::move(args), first);
}

}  // namespace hanok::sql
