#include "session/jdbc_table.h"

#include "base/error.h"
#include "engine/jdbc_source.h"
#include "jdbc/partitions.h"
#include "jdbc/table.h"
#include "session/session.h"
#include "sql/parser.h"

namespace hanok::session {

namespace {

// The columns that customSchema names get its types.
types::TypePtr with_custom_types(const types::TypePtr& schema, const std::string& custom) {
    if (custom.empty()) return schema;
    auto given = types::DataType::replace_char_varchar(sql::parse_table_schema(custom));
    types::Fields fields = schema->fields();
    for (auto& field : fields) {
        int i = given->field_index(field.name);
        if (i >= 0) field.type = given->fields()[static_cast<size_t>(i)].type;
    }
    return types::DataType::struct_(std::move(fields));
}

}  // namespace

resolved::ScanSourcePtr scan_of_jdbc(Session& session,
    const std::map<std::string, std::string>& options, const std::vector<std::string>& predicates,
    const types::TypePtr& schema) {
    auto parsed = std::make_shared<const jdbc::Options>(jdbc::parse_options(options, false));
    auto source = std::make_shared<engine::JdbcScanSource>();
    source->format = "jdbc";
    source->description = "JDBCRelation(" + parsed->table + ")";
    source->options = parsed;
    source->columns = jdbc::describe_table(*parsed);
    auto found = with_custom_types(
        jdbc::table_schema(*parsed, source->columns), parsed->custom_schema);
    if (schema && !schema->fields().empty() && !schema->same_type(*found)) {
        throw analysis_error("USER_SPECIFIED_AND_ACTUAL_SCHEMA_MISMATCH",
            {{"schema", schema->sql()}, {"actualSchema", found->sql()}});
    }
    source->schema = found;
    source->clauses = predicates;
    if (source->clauses.empty()) {
        source->clauses = jdbc::partition_clauses(
            *parsed, *found, session.query_context().time_zone);
    }
    return source;
}

}  // namespace hanok::session
