// INSERT, DELETE, UPDATE, MERGE.
#include "sql/parser_impl.h"

namespace hanok::sql {

plan::CommandPtr Parser::data_change(std::vector<plan::Cte> ctes, bool recursive) {
    bool with = !ctes.empty();
    size_t first = c_.pos();
    switch (c_.peek().keyword) {
        case Kw::kInsert: return insert(std::move(ctes), recursive);
        case Kw::kMerge: return merge(std::move(ctes), recursive);
        case Kw::kDelete:
            if (with) unsupported("WITH in front of DELETE", first);
            return delete_from();
        case Kw::kUpdate:
            if (with) unsupported("WITH in front of UPDATE", first);
            return update();
        default: c_.fail_syntax();
    }
}

plan::CommandPtr Parser::insert(std::vector<plan::Cte> ctes, bool recursive) {
    size_t first = c_.pos();
    c_.expect(Kw::kInsert);
    auto i = std::make_shared<plan::Insert>();
    i->with_schema_evolution = c_.accept_words({Kw::kWith, Kw::kSchema, Kw::kEvolution});
    i->overwrite = c_.accept(Kw::kOverwrite);
    if (!i->overwrite) c_.expect(Kw::kInto);
    if (i->overwrite && (c_.at(Kw::kDirectory) || c_.at_words({Kw::kLocal, Kw::kDirectory}))) {
        return unsupported_statement("INSERT OVERWRITE DIRECTORY", first);
    }
    if (c_.at(Kw::kTable) && at_identifier(1)) c_.take();
    size_t place = c_.pos();
    i->table = named_table(table_name(), place);
    if (c_.at(Kw::kWith) && c_.at(Tok::kLeftParen, 1)) {
        c_.take();
        i->options = property_list();
    }
    if (!i->overwrite && at_replace_clause()) {
        replace_clause(i.get());
    } else {
        if (c_.at(Kw::kPartition)) i->partition = partition_spec(false);
        i->if_not_exists = if_not_exists();
        if (i->if_not_exists && !i->overwrite) {
            not_allowed("INSERT INTO ... IF NOT EXISTS", first);
        }
        bool dynamic = false;
        for (const auto& p : i->partition) dynamic = dynamic || !p.value;
        if (i->if_not_exists && dynamic) {
            not_allowed("IF NOT EXISTS with dynamic partitions", first);
        }
        if (c_.accept_words({Kw::kBy, Kw::kName})) {
            i->by_name = true;
        } else if (c_.at(Tok::kLeftParen) && at_identifier(1) &&
                   (c_.at(Tok::kComma, 2) || c_.at(Tok::kRightParen, 2) || c_.at(Tok::kMinus, 2) ||
                       at_identifier_clause(1))) {
            if (at_identifier_clause(1) && c_.options().legacy_identifier_clause)
                c_.seek(c_.pos() + 2), c_.fail_syntax();
            i->columns = identifier_list();
        }
    }
    size_t query_place = c_.pos();
    i->query = inserted_query(i->replace_on != nullptr);
    if (!ctes.empty())
        i->query = with_clause_wrap(i->query, std::move(ctes), recursive, query_place);
    return done(i, first);
}

// [AS alias] [BY NAME] REPLACE, after the table of INSERT INTO.
bool Parser::at_replace_clause() {
    size_t at = 0;
    if (c_.at(Kw::kAs)) at = 1;
    bool by_name = c_.at(Kw::kBy) && c_.at(Kw::kName, 1);
    if (at == 1 || (!by_name && !c_.at(Kw::kReplace) && at_identifier())) ++at;
    if (c_.at(Kw::kBy, at) && c_.at(Kw::kName, at + 1)) at += 2;
    return c_.at(Kw::kReplace, at) &&
           (c_.at(Kw::kWhere, at + 1) || c_.at(Kw::kUsing, at + 1) || c_.at(Kw::kOn, at + 1));
}

void Parser::replace_clause(plan::Insert* i) {
    bool named = c_.accept(Kw::kAs);
    bool by_name = c_.at(Kw::kBy) && c_.at(Kw::kName, 1);
    if (named || (!by_name && !c_.at(Kw::kReplace))) i->target_alias = identifier();
    i->by_name = c_.accept_words({Kw::kBy, Kw::kName});
    c_.expect(Kw::kReplace);
    if (c_.accept(Kw::kUsing)) {
        i->replace_using = identifier_list();
        return;
    }
    bool where = c_.accept(Kw::kWhere);
    if (!where) c_.expect(Kw::kOn);
    size_t begin = c_.pos();
    query_follows_ = true;
    (where ? i->replace_where : i->replace_on) = expression();
    query_follows_ = false;
    i->replace_where_sql = c_.text_since(begin);
}

// A query; `with_alias`: or (query) AS alias.
RelationPtr Parser::inserted_query(bool with_alias) {
    size_t first = c_.pos();
    if (with_alias && c_.accept(Tok::kLeftParen)) {
        RelationPtr inner = query();
        bool closed = c_.accept(Tok::kRightParen);
        bool named = c_.at(Kw::kAs) || (at_strict_identifier() && c_.at(Tok::kEnd, 1));
        if (closed && named) return table_alias(std::move(inner), first);
        c_.seek(first);
    }
    return query();
}

// The table of UPDATE, DELETE, MERGE, with its alias.
RelationPtr Parser::target_table() {
    size_t first = c_.pos();
    RelationPtr t = named_table(table_name(), first);
    RelationPtr aliased = table_alias(t, first);
    if (aliased->kind == plan::RelationKind::kSubqueryAlias &&
        !aliased->as<plan::SubqueryAlias>().columns.empty()) {
        c_.fail("COLUMN_ALIASES_NOT_ALLOWED", {{"op", "`DELETE`, `UPDATE` or `MERGE`"}}, first);
    }
    return aliased;
}

plan::CommandPtr Parser::delete_from() {
    size_t first = c_.pos();
    c_.expect_words({Kw::kDelete, Kw::kFrom});
    auto d = std::make_shared<plan::Delete>();
    d->table = target_table();
    if (c_.accept(Kw::kWhere)) d->condition = expression();
    return done(d, first);
}

std::vector<plan::Assignment> Parser::assignments() {
    std::vector<plan::Assignment> out;
    do {
        size_t place = c_.pos();
        plan::Assignment a;
        a.key = node<plan::Attribute>(place, multipart_identifier());
        c_.expect(Tok::kEqual);
        a.value = expression();
        out.push_back(std::move(a));
    } while (c_.accept(Tok::kComma));
    return out;
}

plan::CommandPtr Parser::update() {
    size_t first = c_.pos();
    c_.expect(Kw::kUpdate);
    auto u = std::make_shared<plan::Update>();
    u->table = target_table();
    c_.expect(Kw::kSet);
    u->assignments = assignments();
    if (c_.accept(Kw::kWhere)) u->condition = expression();
    return done(u, first);
}

plan::CommandPtr Parser::merge(std::vector<plan::Cte> ctes, bool recursive) {
    size_t first = c_.pos();
    c_.expect(Kw::kMerge);
    auto m = std::make_shared<plan::Merge>();
    m->with_schema_evolution = c_.accept_words({Kw::kWith, Kw::kSchema, Kw::kEvolution});
    c_.expect(Kw::kInto);
    m->target = target_table();
    c_.expect(Kw::kUsing);
    size_t place = c_.pos();
    if (c_.at(Tok::kLeftParen)) {
        c_.take();
        RelationPtr q = query();
        c_.expect(Tok::kRightParen);
        m->source = table_alias(std::move(q), place);
    } else {
        m->source = table_alias(named_table(table_name(), place), place);
    }
    if (!ctes.empty()) {
        // The CTEs stay visible in the source only; its alias must stay outermost.
        RelationPtr inner = m->source;
        auto alias = std::make_shared<plan::SubqueryAlias>();
        if (inner->kind == plan::RelationKind::kSubqueryAlias) {
            const auto& given = inner->as<plan::SubqueryAlias>();
            alias->alias = given.alias;
            alias->columns = given.columns;
            inner = given.child;
        } else if (inner->kind == plan::RelationKind::kNamedTable &&
                   !inner->as<plan::NamedTable>().name.empty()) {
            alias->alias = inner->as<plan::NamedTable>().name.back();
        }
        RelationPtr wrapped = with_clause_wrap(inner, std::move(ctes), recursive, place);
        alias->child = wrapped;
        m->source = alias->alias.empty() ? wrapped : done(alias, place);
    }
    c_.expect(Kw::kOn);
    m->condition = expression();
    while (c_.at(Kw::kWhen)) merge_clause(m.get());
    if (m->matched.empty() && m->not_matched.empty() && m->not_matched_by_source.empty()) {
        if (!c_.at(Tok::kEnd) && !c_.at(Tok::kSemicolon)) c_.fail_syntax();
        c_.fail("MERGE_WITHOUT_WHEN", {}, first);
    }
    auto check = [&](const std::vector<plan::MergeClause>& clauses, const char* condition) {
        for (size_t i = 0; i + 1 < clauses.size(); ++i) {
            if (!clauses[i].condition) c_.fail(condition, {}, first);
        }
    };
    check(m->matched, "NON_LAST_MATCHED_CLAUSE_OMIT_CONDITION");
    check(m->not_matched, "NON_LAST_NOT_MATCHED_BY_TARGET_CLAUSE_OMIT_CONDITION");
    check(m->not_matched_by_source, "NON_LAST_NOT_MATCHED_BY_SOURCE_CLAUSE_OMIT_CONDITION");
    return done(m, first);
}

// WHEN [NOT] MATCHED [BY TARGET | BY SOURCE] [AND condition] THEN action
void Parser::merge_clause(plan::Merge* m) {
    c_.expect(Kw::kWhen);
    bool matched = !c_.accept(Kw::kNot);
    c_.expect(Kw::kMatched);
    bool by_source = false;
    if (!matched && c_.accept(Kw::kBy)) {
        by_source = c_.accept(Kw::kSource);
        if (!by_source) c_.expect(Kw::kTarget);
    }
    ExprPtr condition;
    if (c_.accept(Kw::kAnd)) condition = expression();
    c_.expect(Kw::kThen);
    plan::MergeClause clause = merge_action(matched, by_source);
    clause.condition = std::move(condition);
    if (matched) {
        m->matched.push_back(std::move(clause));
    } else if (by_source) {
        m->not_matched_by_source.push_back(std::move(clause));
    } else {
        m->not_matched.push_back(std::move(clause));
    }
}

plan::MergeClause Parser::merge_action(bool matched, bool by_source) {
    plan::MergeClause clause;
    using Action = plan::MergeClause::Action;
    if (matched || by_source) {
        if (c_.accept(Kw::kDelete)) {
            clause.action = Action::kDelete;
            return clause;
        }
        c_.expect_words({Kw::kUpdate, Kw::kSet});
        if (matched && c_.accept(Tok::kStar)) {
            clause.action = Action::kUpdateAll;
            return clause;
        }
        clause.action = Action::kUpdate;
        clause.assignments = assignments();
        return clause;
    }
    size_t first = c_.pos();
    c_.expect(Kw::kInsert);
    if (c_.accept(Tok::kStar)) {
        clause.action = Action::kInsertAll;
        return clause;
    }
    clause.action = Action::kInsert;
    c_.expect(Tok::kLeftParen);
    std::vector<Name> columns = multipart_identifier_list();
    c_.expect(Tok::kRightParen);
    c_.expect(Kw::kValues);
    Exprs values = parenthesized_expressions();
    if (values.size() != columns.size()) {
        c_.fail("_LEGACY_ERROR_TEMP_0064",
            {{"msg", "The number of columns and of values in INSERT differ."}}, first);
    }
    for (size_t i = 0; i < columns.size(); ++i) {
        clause.assignments.push_back({node<plan::Attribute>(first, columns[i]), values[i]});
    }
    return clause;
}

}  // namespace hanok::sql
