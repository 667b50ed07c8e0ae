#pragma once
// A connection to a database. One thread at a time.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "jdbc/options.h"
#include "types/data_type.h"

namespace hanok::jdbc {

// A column of a query as its database describes it.
struct Column {
    std::string name;
    std::string native_type;  // lower case: "int4", "varchar", "tinyint unsigned", "_int4"
    int size = 0;             // characters, bits or digits; 0: not told
    int scale = 0;
    bool is_nullable = true;
};

// Cursors make no kBoolean.
enum class CellKind { kNull, kBoolean, kInteger, kReal, kText, kBytes };

struct Cell {
    CellKind kind = CellKind::kNull;
    int64_t integer = 0;
    double real = 0;
    std::string_view text;  // kText, kBytes; valid until the next cell() or next()
};

// The rows of a query, as they come. Must not outlive its connection.
class Cursor {
public:
    virtual ~Cursor() = default;
    virtual bool next() = 0;
    virtual Cell cell(size_t column) = 0;
};

// Methods throw JDBC_EXTERNAL_ENGINE_SYNTAX_ERROR.DURING_QUERY_EXECUTION for statements that the
// database does not understand, FAILED_JDBC.UNCLASSIFIED for all else.
class Connection {
public:
    virtual ~Connection() = default;
    virtual std::vector<Column> describe(const std::string& query) = 0;
    virtual std::unique_ptr<Cursor> query(const std::string& sql) = 0;
    virtual void execute(const std::string& sql) = 0;
    // A string and bytes as the database writes them, with their quotes.
    virtual std::string text_literal(std::string_view text) = 0;
    virtual std::string bytes_literal(std::string_view bytes) = 0;
};

// Throws FAILED_JDBC.CONNECTION. Runs the options' sessionInitStatement.
std::unique_ptr<Connection> connect(const Options& options);

std::unique_ptr<Connection> connect_postgres(const Options& options);
std::unique_ptr<Connection> connect_mysql(const Options& options);
std::unique_ptr<Connection> connect_sqlite(const Options& options);

// The two kinds of errors; `is_syntax`: the statement is not understood.
[[noreturn]] void throw_failure(
    const Options& options, const std::string& sql, bool is_syntax, const std::string& message);
[[noreturn]] void throw_no_connection(const Options& options, const std::string& message);

}  // namespace hanok::jdbc
