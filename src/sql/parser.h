#pragma once
// Spark SQL text to plan nodes. Every function throws Error (kParse: PARSE_SYNTAX_ERROR and the like) with a
// query context that points into the text. Names stay unresolved.

#include <map>
#include <string>
#include <vector>

#include "plan/command.h"
#include "plan/relation.h"
#include "types/data_type.h"

namespace hanok::sql {

// Values for :name and ? markers; each replaces its marker in the tree. Without any, markers stay as
// plan::Parameter nodes and the analyzer reports or binds them. A marker without a value, when others have
// one, throws UNBOUND_SQL_PARAMETER; a mix of both styles INVALID_QUERY_MIXED_QUERY_PARAMETERS.
struct Arguments {
    std::map<std::string, plan::ExprPtr> named;
    std::vector<plan::ExprPtr> positional;
    bool empty() const { return named.empty() && positional.empty(); }
};

// One statement; a trailing semicolon is allowed.
plan::Statement parse_statement(const std::string& text, const Arguments& arguments = {});
// What DataFrame's expr(…) and selectExpr take: an expression, maybe with AS or as a sort item's child.
plan::ExprPtr parse_expression(const std::string& text);
// "decimal(10,2)", "array<int>", "struct<a: int>".
types::TypePtr parse_data_type(const std::string& text);
// "a INT NOT NULL COMMENT 'x', b STRING": a struct.
types::TypePtr parse_table_schema(const std::string& text);
// "cat.`my db`.t"
std::vector<std::string> parse_multipart_identifier(const std::string& text);

}  // namespace hanok::sql
