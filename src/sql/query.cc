// Queries: WITH, set operations, and the clauses behind a query.
#include "sql/parser_impl.h"

namespace hanok::sql {

bool Parser::at_query() const {
    switch (c_.peek().keyword) {
        case Kw::kSelect: return !at_end_of_clause(1) || c_.at(Kw::kFrom, 1);
        case Kw::kWith:
            return at_identifier(1) && !at_end_of_clause(1) &&
                   (c_.at(Tok::kLeftParen, 2) || c_.at_any({Kw::kAs, Kw::kMax}, 2) ||
                       c_.at(Kw::kRecursive, 1) || c_.at(Tok::kMinus, 2) ||
                       at_identifier_clause(1));
        case Kw::kValues:
            return !at_end_of_clause(1) && !c_.at(Tok::kDot, 1) && !c_.at(Kw::kAs, 1) &&
                   !c_.at(Tok::kEqual, 1);
        case Kw::kTable: return at_identifier(1) && !c_.at(Kw::kAs, 1);
        case Kw::kFrom: return at_identifier(1) || c_.at(Tok::kLeftParen, 1);
        case Kw::kMap:
        case Kw::kReduce: return at_transform();
        default: return false;
    }
}

RelationPtr Parser::query() {
    DepthGuard guard(this);
    size_t first = c_.pos();
    std::vector<plan::Cte> ctes;
    bool recursive = false;
    bool with = c_.at(Kw::kWith);
    if (with) recursive = parse_ctes(&ctes);
    RelationPtr child = query_no_with();
    return with ? with_clause_wrap(std::move(child), std::move(ctes), recursive, first) : child;
}

RelationPtr Parser::with_clause_wrap(
    RelationPtr child, std::vector<plan::Cte> ctes, bool recursive, size_t first) {
    auto w = std::make_shared<plan::With>();
    w->child = std::move(child);
    w->ctes = std::move(ctes);
    w->recursive = recursive;
    return done(w, first);
}

bool Parser::parse_ctes(std::vector<plan::Cte>* ctes) {
    size_t first = c_.pos();
    c_.expect(Kw::kWith);
    bool recursive = c_.at(Kw::kRecursive) && at_identifier(1) && !c_.at(Kw::kAs, 1);
    if (recursive) c_.take();
    std::vector<std::string> repeated;
    do {
        plan::Cte cte = named_query();
        for (const auto& other : *ctes) {
            if (types::names_equal(other.name, cte.name))
                repeated.push_back(quote_identifier(cte.name));
        }
        ctes->push_back(std::move(cte));
    } while (c_.accept(Tok::kComma));
    if (!repeated.empty()) {
        std::string names;
        for (const auto& name : repeated) names += (names.empty() ? "" : ", ") + name;
        c_.fail("DUPLICATED_CTE_NAMES", {{"duplicateNames", names}}, first);
    }
    return recursive;
}

plan::Cte Parser::named_query() {
    plan::Cte cte;
    size_t first = c_.pos();
    cte.name = error_capturing_identifier();
    if (c_.at(Tok::kLeftParen) && !c_.at(Kw::kSelect, 1) && !c_.at(Kw::kWith, 1) &&
        !c_.at(Kw::kValues, 1) && !c_.at(Kw::kFrom, 1) && !c_.at(Kw::kTable, 1) &&
        !c_.at(Tok::kLeftParen, 1)) {
        cte.columns = identifier_list();
    }
    if (c_.accept_words({Kw::kMax, Kw::kRecursion, Kw::kLevel}))
        cte.max_recursion = integer_value();
    c_.accept(Kw::kAs);
    c_.expect(Tok::kLeftParen);
    cte.plan = query();
    c_.expect(Tok::kRightParen);
    cte.origin = c_.origin(first);
    return cte;
}

RelationPtr Parser::query_no_with() {
    size_t first = c_.pos();
    RelationPtr term = query_term(1);
    return query_organization(std::move(term), first);
}

bool Parser::at_pipe() const {
    if (c_.at(Tok::kOperatorPipe)) return true;
    if (!c_.at(Tok::kPipe) || !c_.options().single_character_pipe) return false;
    bool known = c_.at_any(
        {Kw::kSelect, Kw::kExtend, Kw::kSet, Kw::kDrop, Kw::kAs, Kw::kWhere, Kw::kLimit,
            Kw::kOffset, Kw::kAggregate, Kw::kOrder, Kw::kSort, Kw::kCluster, Kw::kDistribute,
            Kw::kTablesample, Kw::kPivot, Kw::kUnpivot, Kw::kUnion, Kw::kExcept, Kw::kIntersect,
            Kw::kSetminus, Kw::kJoin, Kw::kInner, Kw::kCross, Kw::kLeft, Kw::kRight, Kw::kFull,
            Kw::kNatural, Kw::kSemi, Kw::kAnti},
        1);
    if (!known) return false;
    // A | b with a column of such a name: an operator or an end follows, not an operand.
    Tok next = c_.peek(2).kind;
    return next == Tok::kWord || next == Tok::kBackquoted || next == Tok::kInteger ||
           next == Tok::kString || next == Tok::kStar || next == Tok::kHintStart ||
           (next == Tok::kLeftParen &&
               !c_.at_any({Kw::kLeft, Kw::kRight, Kw::kExtend, Kw::kSet}, 1));
}

// INTERSECT binds tighter than the others unless the legacy order is asked for; 0: no set
// operation.
int Parser::set_precedence() const {
    if (at_pipe()) return 1;
    switch (c_.peek().keyword) {
        case Kw::kUnion:
        case Kw::kExcept:
        case Kw::kSetminus: return 1;
        case Kw::kIntersect: return c_.options().legacy_setops_precedence ? 1 : 2;
        default: return 0;
    }
}

RelationPtr Parser::query_term(int min_precedence) {
    size_t first = c_.pos();
    return set_operations(query_primary(), min_precedence, first);
}

RelationPtr Parser::set_operations(RelationPtr left, int min_precedence, size_t first) {
    for (int length = 1;; ++length) {
        int precedence = set_precedence();
        if (precedence == 0 || precedence < min_precedence) return left;
        check_chain(length);
        if (at_pipe()) {
            left = pipe_operator(std::move(left), first);
            continue;
        }
        auto op = std::make_shared<plan::SetOperation>();
        Kw k = c_.take().keyword;
        op->type = k == Kw::kUnion       ? plan::SetOpType::kUnion
                   : k == Kw::kIntersect ? plan::SetOpType::kIntersect
                                         : plan::SetOpType::kExcept;
        if (c_.accept(Kw::kAll)) {
            op->all = true;
        } else {
            c_.accept(Kw::kDistinct);
        }
        op->left = std::move(left);
        op->right = query_term(precedence + 1);
        left = done(op, first);
    }
}

bool Parser::at_query_continuation() const {
    if (set_precedence() > 0) return true;
    bool by = c_.at_any({Kw::kOrder, Kw::kSort, Kw::kCluster, Kw::kDistribute}) &&
              c_.at(Kw::kBy, 1);
    return by || (c_.at_any({Kw::kLimit, Kw::kOffset, Kw::kWindow}) && !at_end_of_clause(1));
}

// What may follow a query in parentheses that turned out to be the start of a larger query.
RelationPtr Parser::query_continuation(RelationPtr term, size_t first) {
    return query_organization(set_operations(std::move(term), 1, first), first);
}

RelationPtr Parser::query_primary() {
    size_t first = c_.pos();
    if (c_.at(Tok::kLeftParen)) {
        c_.take();
        RelationPtr inner = query();
        c_.expect(Tok::kRightParen);
        return inner;
    }
    switch (c_.peek().keyword) {
        case Kw::kSelect: return select_query(nullptr);
        case Kw::kFrom: return from_first_query();
        case Kw::kValues: return inline_table();
        case Kw::kTable: {
            c_.take();
            TableName name = table_name();
            return named_table(std::move(name), first);
        }
        case Kw::kMap:
        case Kw::kReduce:
            if (at_transform()) return select_query(nullptr);
            c_.fail_syntax();
        default: c_.fail_syntax();
    }
}

// FROM t, FROM t SELECT …; several selects make a multi-insert's source, which no query may be.
RelationPtr Parser::from_first_query() {
    size_t first = c_.pos();
    RelationPtr from = from_relations();
    if (!c_.at(Kw::kSelect) && !at_transform()) {
        auto p = std::make_shared<plan::Project>();
        p->child = std::move(from);
        p->columns = {std::make_shared<plan::Star>()};
        return done(p, first);
    }
    RelationPtr result = select_query(std::move(from));
    if (!c_.at(Kw::kSelect)) return result;
    result = query_organization(std::move(result), first);
    while (c_.at(Kw::kSelect)) unsupported("several SELECT clauses behind one FROM", first);
    return result;
}

RelationPtr Parser::inline_table() {
    size_t first = c_.pos();
    c_.expect(Kw::kValues);
    auto values = std::make_shared<plan::Values>();
    do {
        size_t place = c_.pos();
        ExprPtr e = expression();
        bool row = e->kind == plan::ExprKind::kFunction &&
                   e->as<plan::Function>().name == Name{"struct"};
        Exprs columns = row ? e->as<plan::Function>().args : Exprs{e};
        if (!values->rows.empty() && values->rows[0].size() != columns.size()) {
            c_.fail_as(analysis_error("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
                           {{"expectedNumCols", std::to_string(values->rows[0].size())},
                               {"actualNumCols", std::to_string(columns.size())},
                               {"rowIndex", std::to_string(values->rows.size())}}),
                place);
        }
        values->rows.push_back(std::move(columns));
    } while (c_.accept(Tok::kComma));
    return table_alias(done(values, first), first);
}

// ORDER BY, CLUSTER BY, DISTRIBUTE BY, SORT BY, WINDOW, LIMIT, OFFSET.
RelationPtr Parser::query_organization(RelationPtr child, size_t first, bool after_pipe) {
    size_t begin = c_.pos();
    auto sort = std::make_shared<plan::Sort>();
    bool order = c_.accept_words({Kw::kOrder, Kw::kBy});
    if (order) sort->order = sort_items();
    Exprs cluster;
    Exprs distribute;
    if (c_.accept_words({Kw::kCluster, Kw::kBy})) cluster = expression_list();
    if (c_.accept_words({Kw::kDistribute, Kw::kBy})) distribute = expression_list();
    bool sort_by = c_.accept_words({Kw::kSort, Kw::kBy});
    Exprs within;
    if (sort_by) within = sort_items();
    int kinds = (order ? 1 : 0) + (cluster.empty() ? 0 : 1) +
                (distribute.empty() && !sort_by ? 0 : 1);
    if (kinds > 1) c_.fail("UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES", {}, begin);
    if (!distribute.empty() || !cluster.empty()) {
        auto repartition = std::make_shared<plan::Repartition>();
        repartition->child = std::move(child);
        repartition->expressions = distribute.empty() ? cluster : distribute;
        child = done(repartition, first);
    }
    for (const auto& e : cluster)
        within.push_back(node<plan::SortOrder>(begin, e, true, plan::NullsOrder::kDefault));
    if (!within.empty()) {
        sort->order = std::move(within);
        sort->global = false;
    }
    bool sorted = !sort->order.empty();
    if (sorted) {
        const auto& only = sort->order[0]->as<plan::SortOrder>();
        bool all = sort->order.size() == 1 && sort->global &&
                   only.child->kind == plan::ExprKind::kAttribute &&
                   only.child->as<plan::Attribute>().parts.size() == 1 &&
                   types::names_equal(only.child->as<plan::Attribute>().parts[0], "all");
        if (all) {
            sort->order_by_all = true;
            sort->all_ascending = only.ascending;
            sort->all_nulls = only.nulls;
        }
        sort->child = std::move(child);
        child = done(sort, first);
    }
    if (c_.at(Kw::kWindow) && at_identifier(1)) child = window_clause(std::move(child), first);
    bool limited = (c_.at(Kw::kLimit) || c_.at(Kw::kOffset));
    if (after_pipe && sorted && limited) {
        c_.fail("MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS",
            {{"clause1", "ORDER BY"}, {"clause2", std::string(keyword_text(c_.peek().keyword))}},
            begin);
    }
    return limit_offset(std::move(child), first);
}

RelationPtr Parser::window_clause(RelationPtr child, size_t first) {
    c_.expect(Kw::kWindow);
    auto w = std::make_shared<plan::WindowDefinitions>();
    do {
        size_t place = c_.pos();
        if (at_identifier_clause() && c_.options().legacy_identifier_clause)
            c_.take(), c_.fail_syntax();
        std::string name = error_capturing_identifier();
        c_.expect(Kw::kAs);
        plan::WindowSpec spec = window_spec();
        for (const auto& [other, unused] : w->windows) {
            if (other == name) {
                c_.fail("INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION",
                    {{"windowName", quote_identifier(name)}}, place);
            }
        }
        w->windows.emplace_back(std::move(name), std::move(spec));
    } while (c_.accept(Tok::kComma));
    w->child = std::move(child);
    return done(w, first);
}

RelationPtr Parser::limit_offset(RelationPtr child, size_t first) {
    ExprPtr limit;
    ExprPtr offset;
    if (c_.at(Kw::kLimit)) {
        c_.take();
        if (c_.at(Kw::kAll) && !c_.at(Tok::kLeftParen, 1)) {
            c_.take();
        } else {
            limit = expression();
        }
    }
    if (c_.accept(Kw::kOffset)) offset = expression();
    if (offset) {
        auto o = std::make_shared<plan::Offset>();
        o->child = std::move(child);
        o->offset = std::move(offset);
        child = done(o, first);
    }
    if (limit) {
        auto l = std::make_shared<plan::Limit>();
        l->child = std::move(child);
        l->limit = std::move(limit);
        child = done(l, first);
    }
    return child;
}

}  // namespace hanok::sql
