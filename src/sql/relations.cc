// What stands in FROM: tables, subqueries, inline tables, functions; sampling, PIVOT and UNPIVOT.
#include "sql/parser_impl.h"

namespace hanok::sql {

RelationPtr Parser::from_relations() {
    size_t first = c_.pos();
    c_.expect(Kw::kFrom);
    RelationPtr left = relation();
    while (c_.accept(Tok::kComma)) {
        auto j = std::make_shared<plan::Join>();
        j->lateral = c_.at(Kw::kLateral);
        j->left = std::move(left);
        j->right = relation();
        left = done(j, first);
    }
    left = lateral_views(std::move(left));
    size_t pivot_place = c_.pos();
    bool pivoted = false;
    while (at_pivot() || at_unpivot()) {
        if (pivoted) c_.fail("NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT", {}, pivot_place);
        left = at_pivot() ? pivot(std::move(left), first) : unpivot(std::move(left), first);
        pivoted = true;
    }
    return left;
}

RelationPtr Parser::relation() {
    size_t first = c_.pos();
    bool lateral = c_.at(Kw::kLateral);
    if (lateral) {
        c_.take();
        bool function = at_identifier() && !c_.at(Tok::kLeftParen);
        if (!c_.at(Tok::kLeftParen) && !function && !c_.at(Kw::kValues)) c_.fail_syntax();
        RelationPtr r = relation_primary();
        const plan::Relation* inner = r.get();
        if (inner->kind == plan::RelationKind::kSubqueryAlias)
            inner = inner->as<plan::SubqueryAlias>().child.get();
        if (inner->kind == plan::RelationKind::kNamedTable) {
            c_.fail("INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC", {}, first);
        }
        return relation_extensions(std::move(r), first);
    }
    RelationPtr r = relation_primary();
    return relation_extensions(std::move(r), first);
}

RelationPtr Parser::relation_extensions(RelationPtr left, size_t first) {
    for (int length = 1;; ++length) {
        check_chain(length);
        if (at_join()) {
            left = join(std::move(left), first);
        } else if (at_pivot()) {
            left = pivot(std::move(left), first);
        } else if (at_unpivot()) {
            left = unpivot(std::move(left), first);
        } else {
            return left;
        }
    }
}

RelationPtr Parser::named_table(TableName name, size_t first) {
    auto t = std::make_shared<plan::NamedTable>();
    t->name = std::move(name.parts);
    t->identifier = std::move(name.identifier);
    return done(t, first);
}

RelationPtr Parser::relation_primary() {
    DepthGuard guard(this);
    size_t first = c_.pos();
    if (c_.at(Tok::kLeftParen)) return relation_paren();
    if (c_.at(Kw::kValues) && at_query()) return inline_table();
    bool stream = c_.at(Kw::kStream) && (c_.at(Tok::kLeftParen, 1) ||
                                            (at_identifier(1) && c_.peek(1).keyword == Kw::kNone));
    if (stream) return stream_relation();
    TableName name = table_name();
    bool legacy_clause = c_.options().legacy_identifier_clause && name.parts.size() > 1 &&
                         types::names_equal(name.parts.back(), "identifier");
    if (c_.at(Tok::kLeftParen) && legacy_clause) c_.fail_syntax();
    if (c_.at(Tok::kLeftParen))
        return table_function(std::move(name.parts), std::move(name.identifier), first);
    if (c_.at(Tok::kDot)) c_.fail_syntax();
    auto t = std::make_shared<plan::NamedTable>();
    t->name = std::move(name.parts);
    t->identifier = std::move(name.identifier);
    temporal_clause(t.get());
    if (c_.at(Kw::kWith) && c_.at(Tok::kLeftParen, 1)) {
        c_.take();
        t->options = property_list();
    }
    RelationPtr r = done(t, first);
    if (c_.at(Kw::kTablesample) && !at_end_of_clause(1)) r = sample(std::move(r), first);
    reject_watermark();
    return table_alias(std::move(r), first);
}

RelationPtr Parser::stream_relation() {
    size_t first = c_.pos();
    c_.expect(Kw::kStream);
    bool paren = c_.accept(Tok::kLeftParen);
    auto t = std::make_shared<plan::NamedTable>();
    t->name = multipart_identifier();
    t->is_streaming = true;
    if (paren) c_.expect(Tok::kRightParen);
    if (c_.at(Kw::kWith) && c_.at(Tok::kLeftParen, 1)) {
        c_.take();
        t->options = property_list();
    }
    reject_watermark();
    return table_alias(done(t, first), first);
}

void Parser::reject_watermark() {
    if (!c_.at(Kw::kWatermark) || at_end_of_clause(1)) return;
    size_t first = c_.pos();
    c_.take();
    named_expression();
    c_.expect_words({Kw::kDelay, Kw::kOf});
    interval_literal();
    unsupported("WATERMARK in FROM", first);
}

// '(' query ')' or '(' relation ')', decided without trying twice (see paren_content).
RelationPtr Parser::relation_paren() {
    size_t first = c_.pos();
    DepthGuard guard(this);
    c_.expect(Tok::kLeftParen);
    RelationPtr r;
    bool is_query = at_query();
    if (is_query) {
        r = query();
    } else if (c_.at(Tok::kLeftParen)) {
        size_t inner = c_.pos();
        r = relation_paren();
        if (at_query_continuation()) r = query_continuation(std::move(r), inner);
        r = relation_extensions(std::move(r), inner);
    } else {
        r = relation();
    }
    c_.expect(Tok::kRightParen);
    if (c_.at(Kw::kTablesample) && !at_end_of_clause(1)) r = sample(std::move(r), first);
    reject_watermark();
    RelationPtr aliased = table_alias(r, first);
    if (aliased != r) return aliased;
    // A subquery hides the names of the tables inside it; a relation in parentheses does not.
    if (!is_query) return r;
    auto alias = std::make_shared<plan::SubqueryAlias>();
    alias->child = std::move(r);
    alias->alias = "__auto_generated_subquery_name";
    return done(alias, first);
}

RelationPtr Parser::table_function(std::vector<std::string> name, ExprPtr name_expr, size_t first) {
    auto f = std::make_shared<plan::TableFunction>();
    f->name = std::move(name);
    f->identifier = std::move(name_expr);
    c_.expect(Tok::kLeftParen);
    if (!c_.at(Tok::kRightParen)) {
        do {
            f->args.push_back(call_argument(false));
        } while (c_.accept(Tok::kComma));
    }
    c_.expect(Tok::kRightParen);
    reject_watermark();
    return table_alias(done(f, first), first);
}

// TABLE t, TABLE(t), TABLE(query) [PARTITION BY … [ORDER BY …] | WITH SINGLE PARTITION]
ExprPtr Parser::table_argument() {
    size_t first = c_.pos();
    c_.expect(Kw::kTable);
    RelationPtr plan;
    if (c_.accept(Tok::kLeftParen)) {
        size_t place = c_.pos();
        plan = at_query() || c_.at(Tok::kLeftParen) ? query() : named_table(table_name(), place);
        c_.expect(Tok::kRightParen);
    } else {
        size_t place = c_.pos();
        plan = named_table(table_name(), place);
    }
    auto s = std::make_shared<plan::Subquery>(plan::SubqueryKind::kTableArgument, plan);
    if (c_.accept_words({Kw::kWith, Kw::kSingle, Kw::kPartition})) {
        s->with_single_partition = true;
    } else if (c_.at_any({Kw::kPartition, Kw::kDistribute}) && c_.at(Kw::kBy, 1)) {
        c_.seek(c_.pos() + 2);
        ExprPtr e = expression();
        bool row = e->kind == plan::ExprKind::kFunction &&
                   e->as<plan::Function>().name == Name{"struct"};
        s->partition_by = row ? e->as<plan::Function>().args : Exprs{e};
    }
    if (c_.at_any({Kw::kOrder, Kw::kSort}) && c_.at(Kw::kBy, 1)) {
        c_.seek(c_.pos() + 2);
        bool paren = c_.at(Tok::kLeftParen) && c_.accept(Tok::kLeftParen);
        s->order_by = paren ? sort_items() : Exprs{sort_item()};
        if (paren) c_.expect(Tok::kRightParen);
    }
    return done(s, first);
}

// [FOR] VERSION | SYSTEM_VERSION | TIMESTAMP | SYSTEM_TIME AS OF …
void Parser::temporal_clause(plan::NamedTable* table) {
    size_t ahead = c_.at(Kw::kFor) ? 1 : 0;
    bool version = c_.at_any({Kw::kVersion, Kw::kSystemVersion}, ahead);
    bool time = c_.at_any({Kw::kTimestamp, Kw::kSystemTime}, ahead);
    if ((!version && !time) || !c_.at(Kw::kAs, ahead + 1) || !c_.at(Kw::kOf, ahead + 2)) return;
    c_.seek(c_.pos() + ahead + 3);
    plan::TimeTravel travel;
    if (version) {
        bool literal = c_.at(Tok::kInteger) || at_string() || c_.at(Tok::kColon) ||
                       c_.at(Tok::kQuestion);
        if (!literal) c_.fail_syntax();
        travel.version = constant();
    } else {
        travel.timestamp = value_expression();
    }
    table->time_travel = std::move(travel);
}

RelationPtr Parser::table_alias(RelationPtr child, size_t first) {
    bool as = c_.accept(Kw::kAs);
    if (!as && !(at_strict_identifier() && at_implicit_alias())) return child;
    auto a = std::make_shared<plan::SubqueryAlias>();
    if (at_identifier_clause() && c_.options().legacy_identifier_clause)
        c_.take(), c_.fail_syntax();
    bool named_as = as && c_.at(Tok::kLeftParen);  // VALUES (1) AS (a): the alias is the word AS
    a->alias = named_as ? std::string("AS") : strict_identifier();
    if (c_.at(Tok::kLeftParen)) a->columns = identifier_list();
    a->child = std::move(child);
    return done(a, first);
}

RelationPtr Parser::sample(RelationPtr child, size_t first) {
    c_.expect(Kw::kTablesample);
    size_t method = c_.pos();
    if (c_.at_text("SYSTEM") && c_.at(Tok::kLeftParen, 1))
        unsupported("TABLESAMPLE SYSTEM", method);
    c_.accept_text("BERNOULLI");
    c_.expect(Tok::kLeftParen);
    if (c_.at(Tok::kRightParen)) c_.fail("_LEGACY_ERROR_TEMP_0014", {}, method);
    auto s = std::make_shared<plan::Sample>();
    size_t sign = c_.at(Tok::kMinus) ? 1 : 0;
    bool number = c_.at(Tok::kInteger, sign) || c_.at(Tok::kDecimal, sign);
    if (number && c_.at(Kw::kPercent, sign + 1)) {
        c_.seek(c_.pos() + sign);
        double percent = std::strtod(std::string(c_.spelling(c_.take())).c_str(), nullptr) *
                         (sign > 0 ? -1 : 1);
        c_.take();
        s->upper = percent / 100;
    } else if (c_.at(Kw::kBucket) && c_.at(Tok::kInteger, 1)) {
        c_.take();
        auto numerator = static_cast<double>(integer_value());
        c_.expect_words({Kw::kOut, Kw::kOf});
        auto denominator = static_cast<double>(integer_value());
        if (c_.at(Kw::kOn)) {
            c_.fail("_LEGACY_ERROR_TEMP_0015", {{"msg", "BUCKET x OUT OF y ON colname"}}, method);
        }
        s->upper = numerator / denominator;
    } else {
        ExprPtr size = expression();
        bool bytes = !c_.accept(Kw::kRows);
        if (bytes && size->kind == plan::ExprKind::kAttribute) {
            c_.fail("_LEGACY_ERROR_TEMP_0015", {{"msg", "byteLengthLiteral"}}, method);
        }
        if (bytes)
            c_.fail("_LEGACY_ERROR_TEMP_0016", {{"bytesStr", c_.text_since(method + 1)}}, method);
        bool literal = size->kind == plan::ExprKind::kLiteral &&
                       size->as<plan::Literal>().type->is_integral();
        if (!literal) unsupported("TABLESAMPLE with an expression for the number of rows", method);
        s->rows = size->as<plan::Literal>().value.as_int();
    }
    c_.expect(Tok::kRightParen);
    if (c_.accept(Kw::kRepeatable)) {
        c_.expect(Tok::kLeftParen);
        s->seed = integer_value();
        c_.expect(Tok::kRightParen);
    }
    if (s->upper < 0 || s->upper > 1)
        rule_broken("The sampled fraction must lie between 0 and 1.", method);
    s->child = std::move(child);
    return done(s, first);
}

bool Parser::at_pivot() const { return c_.at(Kw::kPivot) && c_.at(Tok::kLeftParen, 1); }

bool Parser::at_unpivot() const {
    return c_.at(Kw::kUnpivot) &&
           (c_.at(Tok::kLeftParen, 1) || c_.at_any({Kw::kInclude, Kw::kExclude}, 1));
}

RelationPtr Parser::pivot(RelationPtr child, size_t first) {
    c_.expect(Kw::kPivot);
    c_.expect(Tok::kLeftParen);
    auto p = std::make_shared<plan::Pivot>();
    p->child = std::move(child);
    p->aggregates = named_expression_list();
    c_.expect(Kw::kFor);
    auto column = [&] {
        size_t place = c_.pos();
        std::vector<std::string> parts{error_capturing_identifier()};
        p->columns.push_back(node<plan::Attribute>(place, std::move(parts)));
    };
    if (c_.accept(Tok::kLeftParen)) {
        do {
            column();
        } while (c_.accept(Tok::kComma));
        c_.expect(Tok::kRightParen);
    } else {
        column();
    }
    c_.expect(Kw::kIn);
    c_.expect(Tok::kLeftParen);
    p->values = named_expression_list();
    c_.expect(Tok::kRightParen);
    c_.expect(Tok::kRightParen);
    return table_alias(done(p, first), first);
}

RelationPtr Parser::unpivot(RelationPtr child, size_t first) {
    c_.expect(Kw::kUnpivot);
    auto u = std::make_shared<plan::Unpivot>();
    u->child = std::move(child);
    u->include_nulls = false;
    if (c_.at_any({Kw::kInclude, Kw::kExclude})) {
        u->include_nulls = c_.take().keyword == Kw::kInclude;
        c_.expect(Kw::kNulls);
    }
    c_.expect(Tok::kLeftParen);
    unpivot_columns(u.get());
    c_.expect(Tok::kRightParen);
    RelationPtr r = done(u, first);
    bool as = c_.accept(Kw::kAs);
    if (!as && !(at_strict_identifier() && at_implicit_alias())) return r;
    auto a = std::make_shared<plan::SubqueryAlias>();
    a->alias = error_capturing_identifier();
    a->child = std::move(r);
    return done(a, first);
}

void Parser::unpivot_columns(plan::Unpivot* u) {
    bool several = c_.at(Tok::kLeftParen);
    if (several) {
        u->value_column_names = identifier_list();
    } else {
        u->value_column_names = {identifier()};
    }
    c_.expect(Kw::kFor);
    u->variable_column_name = identifier();
    c_.expect(Kw::kIn);
    c_.expect(Tok::kLeftParen);
    u->values.emplace();
    do {
        Exprs group;
        if (several) c_.expect(Tok::kLeftParen);
        do {
            size_t place = c_.pos();
            group.push_back(node<plan::Attribute>(place, multipart_identifier()));
        } while (several && c_.accept(Tok::kComma));
        if (several) c_.expect(Tok::kRightParen);
        if (group.size() != u->value_column_names.size()) {
            std::string names;
            for (const auto& n : u->value_column_names) names += (names.empty() ? "" : ", ") + n;
            c_.fail_as(
                analysis_error("UNPIVOT_VALUE_SIZE_MISMATCH", {{"names", names}}), c_.pos() - 1);
        }
        u->values->push_back(std::move(group));
        bool as = c_.accept(Kw::kAs);
        if (as && at_identifier_clause() && c_.options().legacy_identifier_clause)
            c_.take(), c_.fail_syntax();
        u->value_aliases.push_back(as || at_identifier() ? error_capturing_identifier() : "");
    } while (c_.accept(Tok::kComma));
    c_.expect(Tok::kRightParen);
}

}  // namespace hanok::sql
