#include <spark/connect/relations.pb.h>

#include "base/error.h"
#include "connect/translator/translator.h"
#include "sql/parser.h"

// Older clients fill the fields that 4.x deprecates.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace hanok::connect {

namespace sc = spark::connect;
using MutableRelation = std::shared_ptr<plan::Relation>;

namespace {

// The DataFrames of a formatted query, as CTEs around it.
plan::RelationPtr with_ctes(plan::RelationPtr query, const std::vector<plan::Cte>& ctes) {
    if (ctes.empty() || !query) return query;
    auto out = std::make_shared<plan::With>();
    out->child = std::move(query);
    out->ctes = ctes;
    return out;
}

// Commands that hold a query see the DataFrames too.
plan::CommandPtr command_with_ctes(
    const plan::CommandPtr& command, const std::vector<plan::Cte>& ctes) {
    switch (command->kind) {
        case plan::CommandKind::kInsert: {
            auto copy = std::make_shared<plan::Insert>(command->as<plan::Insert>());
            copy->query = with_ctes(copy->query, ctes);
            return copy;
        }
        case plan::CommandKind::kCreateTable: {
            auto copy = std::make_shared<plan::CreateTable>(command->as<plan::CreateTable>());
            copy->query = with_ctes(copy->query, ctes);
            return copy;
        }
        case plan::CommandKind::kMerge: {
            auto copy = std::make_shared<plan::Merge>(command->as<plan::Merge>());
            copy->source = with_ctes(copy->source, ctes);
            return copy;
        }
        case plan::CommandKind::kCache: {
            auto copy = std::make_shared<plan::Cache>(command->as<plan::Cache>());
            copy->query = with_ctes(copy->query, ctes);
            return copy;
        }
        case plan::CommandKind::kDescribeQuery: {
            auto copy = std::make_shared<plan::DescribeQuery>(command->as<plan::DescribeQuery>());
            copy->query = with_ctes(copy->query, ctes);
            return copy;
        }
        case plan::CommandKind::kExplain: {
            auto copy = std::make_shared<plan::Explain>(command->as<plan::Explain>());
            copy->query = with_ctes(copy->query, ctes);
            return copy;
        }
        default: throw unsupported_feature("DataFrames as arguments of this statement");
    }
}

}  // namespace

plan::Statement Translator::parse_sql(const sc::SQL& m) {
    auto values = std::make_shared<sql::ParameterValues>();
    for (const auto& [name, value] : m.args()) values->named[name] = literal_from_proto(value);
    for (const auto& [name, value] : m.named_arguments()) values->named[name] = expression(value);
    values->positional = literals(m.pos_args());
    for (auto& value : expressions(m.pos_arguments()))
        values->positional.push_back(std::move(value));
    sql::ParserOptions options = sql_;
    if (!values->named.empty() || !values->positional.empty())
        options.parameters = std::move(values);
    return sql::parse_statement(m.query(), options);
}

plan::Statement Translator::sql_statement(const Relation& m) {
    if (m.has_sql()) return parse_sql(m.sql());
    if (!m.has_with_relations() || !m.with_relations().root().has_sql()) {
        throw invalid_plan("SQL_COMMAND_EXPECTS_SQL_OR_WITH_RELATIONS",
            {{"other", std::to_string(m.rel_type_case())}});
    }
    plan::Statement statement = parse_sql(m.with_relations().root().sql());
    std::vector<plan::Cte> ctes;
    for (const auto& reference : m.with_relations().references()) {
        if (!reference.has_subquery_alias()) throw invalid_plan("INVALID_WITH_RELATION_REFERENCE");
        plan::Cte cte;
        cte.name = reference.subquery_alias().alias();
        cte.plan = relation(reference.subquery_alias().input());
        ctes.push_back(std::move(cte));
    }
    if (statement.query) {
        statement.query = with_ctes(statement.query, ctes);
    } else if (!ctes.empty()) {
        statement.command = command_with_ctes(statement.command, ctes);
    }
    return statement;
}

MutableRelation Translator::sql(const Relation& m) {
    plan::Statement statement = sql_statement(m);
    if (statement.command) {
        auto out = std::make_shared<plan::CommandResult>();
        out->command = std::move(statement.command);
        return out;
    }
    // Fresh from the parser and shared with nobody: it may take the message's plan id.
    return std::const_pointer_cast<plan::Relation>(statement.query);
}

MutableRelation Translator::with_relations(const Relation& message) {
    const auto& m = message.with_relations();
    if (m.root().has_sql()) return sql(message);
    auto out = std::make_shared<plan::WithRelations>();
    out->root = relation(m.root());
    for (const auto& reference : m.references()) out->references.push_back(relation(reference));
    return out;
}

}  // namespace hanok::connect
