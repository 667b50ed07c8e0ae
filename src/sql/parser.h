#pragma once
// Spark SQL text to plans. Every function throws Error (kind kParse, with the place in the text)
// for what is not Spark SQL. Safe to call from several threads; needs at most
// `ParserOptions::max_stack_bytes` of stack.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plan/command.h"
#include "sql/variable_substitution.h"
#include "types/data_type.h"

namespace hanok::sql {

// Values of parameter markers. A marker becomes its value; when there are any values, one for each
// is needed (UNBOUND_SQL_PARAMETER) and they must be of one style
// (INVALID_QUERY_MIXED_QUERY_PARAMETERS).
struct ParameterValues {
    std::map<std::string, plan::ExprPtr> named;
    std::vector<plan::ExprPtr> positional;
};

struct ParserOptions {
    bool enforce_reserved_keywords = false;  // spark.sql.ansi.enforceReservedKeywords
    bool double_quoted_identifiers = false;  // spark.sql.ansi.doubleQuotedIdentifiers
    bool escaped_string_literals = false;    // spark.sql.parser.escapedStringLiterals
    bool exponent_as_decimal = false;        // spark.sql.legacy.exponentLiteralAsDecimal.enabled
    bool legacy_setops_precedence = false;   // spark.sql.legacy.setopsPrecedence.enabled
    bool legacy_identifier_clause = false;   // spark.sql.legacy.identifierClause
    bool bang_equals_not = false;            // spark.sql.legacy.bangEqualsNot
    // spark.sql.legacy.consecutiveStringLiterals.enabled: 'a''b' is ab, not a'b
    bool consecutive_string_literals = false;
    VariableLookup variables;  // what ${…} stands for; none: it stays as it is
    bool single_character_pipe =
        true;                      // spark.sql.parser.singleCharacterPipeOperator.enabled: | as |>
    bool legacy_interval = false;  // spark.sql.legacy.interval.enabled
    bool timestamp_ntz_default = false;  // spark.sql.timestampType = TIMESTAMP_NTZ
    std::string time_zone = "UTC";       // spark.sql.session.timeZone, for timestamp literals
    int max_depth = 1000;                // nested parentheses, calls and queries
    int max_chain = 5000;                // a + b + c …; a UNION ALL b UNION ALL c …
    size_t max_stack_bytes = 4 << 20;
    std::string object_type;  // "VIEW" when the text is a view's body, and its name
    std::string object_name;
    std::shared_ptr<const ParameterValues> parameters;  // null: markers stay in the tree
};

// One statement; a semicolon may follow.
plan::Statement parse_statement(const std::string& text, const ParserOptions& options = {});
// Statements separated by semicolons; empty ones are skipped.
std::vector<plan::Statement> parse_statements(
    const std::string& text, const ParserOptions& options = {});
// A query only; commands are a syntax error.
plan::RelationPtr parse_query(const std::string& text, const ParserOptions& options = {});
// An expression, maybe with an alias: "a + 1 AS b", "*".
plan::ExprPtr parse_expression(const std::string& text, const ParserOptions& options = {});
// "a.b.`c d`" -> {"a", "b", "c d"}.
plan::Name parse_multipart_identifier(const std::string& text, const ParserOptions& options = {});
// "array<struct<a:int>>", "decimal(10,2)", "interval day to second".
types::TypePtr parse_data_type(const std::string& text, const ParserOptions& options = {});
// "a INT NOT NULL COMMENT 'x', b STRING" as a struct.
types::TypePtr parse_table_schema(const std::string& text, const ParserOptions& options = {});
// Either of the two: a struct for a schema, else the type; how Spark reads schema arguments.
types::TypePtr parse_type_or_schema(const std::string& text, const ParserOptions& options = {});
// Column definitions as in CREATE TABLE, with DEFAULT and generation expressions.
std::vector<plan::ColumnDef> parse_column_definitions(
    const std::string& text, const ParserOptions& options = {});

}  // namespace hanok::sql
