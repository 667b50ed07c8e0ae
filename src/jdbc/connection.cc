#include "jdbc/connection.h"

#include "base/error.h"

namespace hanok::jdbc {

std::unique_ptr<Connection> connect(const Options& options) {
    std::unique_ptr<Connection> out;
    switch (options.parsed.database) {
        case Database::kPostgres: out = connect_postgres(options); break;
        case Database::kMySql: out = connect_mysql(options); break;
        case Database::kSqlite: out = connect_sqlite(options); break;
    }
    if (!options.session_init_statement.empty()) out->execute(options.session_init_statement);
    return out;
}

void throw_failure(
    const Options& options, const std::string& sql, bool is_syntax, const std::string& message) {
    if (is_syntax) {
        throw analysis_error("JDBC_EXTERNAL_ENGINE_SYNTAX_ERROR.DURING_QUERY_EXECUTION",
            {{"jdbcQuery", sql}, {"externalEngineError", message}});
    }
    throw runtime_error(
        "FAILED_JDBC.UNCLASSIFIED", {{"url", shown_url(options.url)}, {"message", message}});
}

void throw_no_connection(const Options& options, const std::string& message) {
    throw runtime_error(
        "FAILED_JDBC.CONNECTION", {{"url", shown_url(options.url) + " (" + message + ")"}});
}

}  // namespace hanok::jdbc
