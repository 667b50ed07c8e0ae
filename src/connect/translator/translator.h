#pragma once
// Connect messages to plan nodes. Purely structural: nothing is resolved here.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "plan/command.h"
#include "plan/relation.h"
#include "sql/parser.h"

namespace google::protobuf {
template <class T>
class RepeatedPtrField;
}

namespace spark::connect {
class AsOfJoin;
class NearestByJoin;
class Aggregate;
class Catalog;
class Command;
class CommonInlineUserDefinedFunction;
class Expression;
class Expression_Literal;
class Expression_SortOrder;
class Expression_Window;
class Join;
class LateralJoin;
class LocalRelation;
class MergeIntoTableCommand;
class Origin;
class Parse;
class Read;
class Relation;
class SQL;
class SetOperation;
class SubqueryExpression;
class Unpivot;
class WriteOperation;
class WriteOperationV2;
}  // namespace spark::connect

namespace hanok::connect {

// Blob of an artifact `cache/<hash>`; null when the session has none.
using CachedBlobs = std::function<std::shared_ptr<const std::string>(const std::string& hash)>;

// One use per request. Throws hanok::Error: CONNECT_INVALID_PLAN.* for malformed messages, parse
// errors of SQL text in them, UNSUPPORTED_FEATURE.HANOK. Recursive: callers run it on a thread with
// a large stack.
class Translator {
public:
    Translator(CachedBlobs cached_blobs, sql::ParserOptions sql)
        : cached_blobs_(std::move(cached_blobs)), sql_(std::move(sql)) {}

    plan::RelationPtr relation(const spark::connect::Relation& message);
    plan::ExprPtr expression(const spark::connect::Expression& message);
    // Commands that are one plan::Command; SqlCommand, CheckpointCommand and the like are not
    // (execution.cc).
    plan::CommandPtr command(const spark::connect::Command& message);
    // A SQL relation, maybe below WithRelations with the DataFrames its text refers to.
    plan::Statement sql_statement(const spark::connect::Relation& message);

private:
    using Relation = spark::connect::Relation;
    using Expression = spark::connect::Expression;
    template <class T>
    using Repeated = google::protobuf::RepeatedPtrField<T>;
    using MutableRelation = std::shared_ptr<plan::Relation>;

    // relations.cc. Each of the groups returns null when the relation is not of its concept.
    MutableRelation relation_body(const Relation& message);
    MutableRelation simple_relation(const Relation& message);
    MutableRelation column_relation(const Relation& message);
    MutableRelation unpivot(const spark::connect::Unpivot& message);
    MutableRelation statistics_relation(const Relation& message);
    MutableRelation na_relation(const Relation& message);
    MutableRelation placement_relation(const Relation& message);
    MutableRelation other_relation(const Relation& message);
    // python.cc
    MutableRelation python_relation(const Relation& message);
    MutableRelation parse(const spark::connect::Parse& message);

    // sources.cc
    MutableRelation source_relation(const Relation& message);
    MutableRelation read(const spark::connect::Read& message);
    MutableRelation local(const spark::connect::LocalRelation& message);
    MutableRelation cached_local(const std::string& hash);
    std::shared_ptr<const std::string> cached_blob(const std::string& hash);
    MutableRelation catalog(const Relation& message);

    // sql_relation.cc
    plan::Statement parse_sql(const spark::connect::SQL& message);
    MutableRelation sql(const Relation& message);
    MutableRelation with_relations(const Relation& message);

    // joins.cc
    MutableRelation combining_relation(const Relation& message);
    MutableRelation join(const spark::connect::Join& message);
    MutableRelation lateral_join(const spark::connect::LateralJoin& message);
    MutableRelation as_of_join(const spark::connect::AsOfJoin& message);
    MutableRelation nearest_by_join(const spark::connect::NearestByJoin& message);
    MutableRelation set_operation(const spark::connect::SetOperation& message);

    // aggregates.cc
    MutableRelation aggregate(const spark::connect::Aggregate& message);

    // expressions.cc
    std::shared_ptr<plan::Expression> expression_body(const Expression& message);
    std::shared_ptr<plan::Expression> name_expression(const Expression& message);
    std::shared_ptr<plan::Expression> call_expression(const Expression& message);
    std::shared_ptr<plan::Expression> nested_expression(const Expression& message);
    std::shared_ptr<plan::Expression> window(const spark::connect::Expression_Window& message);
    std::shared_ptr<plan::Expression> subquery(const spark::connect::SubqueryExpression& message);
    std::shared_ptr<plan::Expression> cast(const Expression& message);
    std::shared_ptr<plan::Expression> sort_order(
        const spark::connect::Expression_SortOrder& message);
    plan::Exprs expressions(const Repeated<Expression>& messages);
    plan::Exprs sort_orders(const Repeated<spark::connect::Expression_SortOrder>& messages);
    plan::Exprs literals(const Repeated<spark::connect::Expression_Literal>& messages);

    // commands.cc
    plan::CommandPtr write(const spark::connect::WriteOperation& message);
    plan::CommandPtr write_v2(const spark::connect::WriteOperationV2& message);
    plan::CommandPtr merge(const spark::connect::MergeIntoTableCommand& message);
    plan::MergeClause merge_clause(const Expression& message);
    plan::CommandPtr register_function(
        const spark::connect::CommonInlineUserDefinedFunction& message);

    std::vector<std::string> identifier(const std::string& text) const;

    CachedBlobs cached_blobs_;
    sql::ParserOptions sql_;
};

// literals.cc
plan::ExprPtr literal_from_proto(const spark::connect::Expression_Literal& message);
void literal_to_proto(const types::Value& value, const types::DataType& type,
    spark::connect::Expression_Literal* message);

// expressions.cc
std::shared_ptr<plan::PythonUdf> python_udf_from_proto(
    const spark::connect::CommonInlineUserDefinedFunction& message);

// names.cc
plan::OriginPtr origin_from_proto(const spark::connect::Origin& message);
// "a.`b.c`" as Spark's column names split; throws INVALID_ATTRIBUTE_NAME_SYNTAX.
std::vector<std::string> parse_attribute_name(const std::string& name);
// CONNECT_INVALID_PLAN.<subclass>
Error invalid_plan(const std::string& subclass, ErrorParameters parameters = {});

}  // namespace hanok::connect
