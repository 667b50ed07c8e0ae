// SQLite: a file, opened in this process.

#include <sqlite3.h>

#include "base/hex.h"
#include "jdbc/connection.h"

namespace hanok::jdbc {

namespace {

constexpr int kBusyTimeoutMs = 30'000;
constexpr int kMsPerSecond = 1000;

class SqliteConnection;

struct StatementEnd {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, StatementEnd>;

// "VARCHAR(20)" as "varchar", 20, 0.
void read_declared(const std::string& declared, Column* column) {
    size_t open = declared.find('(');
    std::string name = declared.substr(0, open);
    while (!name.empty() && name.back() == ' ') name.pop_back();
    column->native_type = types::to_lower(name);
    if (open == std::string::npos) return;
    size_t comma = declared.find(',', open);
    column->size = std::atoi(declared.c_str() + open + 1);
    if (comma != std::string::npos) column->scale = std::atoi(declared.c_str() + comma + 1);
}

class SqliteCursor final : public Cursor {
public:
    SqliteCursor(SqliteConnection& connection, Statement statement)
        : connection_(connection), statement_(std::move(statement)) {}
    bool next() override;
    Cell cell(size_t column) override;

private:
    SqliteConnection& connection_;
    Statement statement_;
};

class SqliteConnection final : public Connection {
public:
    explicit SqliteConnection(const Options& options) : options_(options) {
        int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
        const std::string& name = options.parsed.name;
        int code = sqlite3_open_v2(
            name.empty() ? ":memory:" : name.c_str(), &database_, flags, nullptr);
        if (code != SQLITE_OK) {
            std::string message = database_ ? sqlite3_errmsg(database_) : sqlite3_errstr(code);
            sqlite3_close(database_);
            throw_no_connection(options, message);
        }
        // No statement reaches other files of this machine.
        sqlite3_limit(database_, SQLITE_LIMIT_ATTACHED, 0);
        int64_t timeout = options.query_timeout_s > 0 ? options.query_timeout_s * kMsPerSecond
                                                      : kBusyTimeoutMs;
        sqlite3_busy_timeout(database_, static_cast<int>(std::min<int64_t>(timeout, INT32_MAX)));
    }
    ~SqliteConnection() override { sqlite3_close_v2(database_); }

    std::vector<Column> describe(const std::string& query) override {
        auto statement = prepare(query);
        std::vector<Column> out;
        for (int i = 0; i < sqlite3_column_count(statement.get()); ++i) {
            Column column;
            column.name = sqlite3_column_name(statement.get(), i);
            const char* declared = sqlite3_column_decltype(statement.get(), i);
            if (declared) read_declared(declared, &column);
            out.push_back(std::move(column));
        }
        return out;
    }

    std::unique_ptr<Cursor> query(const std::string& sql) override {
        return std::make_unique<SqliteCursor>(*this, prepare(sql));
    }

    void execute(const std::string& sql) override {
        if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
    }

    std::string text_literal(std::string_view text) override {
        std::string out = "'";
        for (char c : text) {
            if (c == '\0') return "CAST(" + bytes_literal(text) + " AS TEXT)";
            out += c;
            if (c == '\'') out += c;
        }
        return out + "'";
    }

    std::string bytes_literal(std::string_view bytes) override {
        return "X'" + base::hex(bytes) + "'";
    }

    [[noreturn]] void fail(const std::string& sql) const {
        std::string message = sqlite3_errmsg(database_);
        bool is_syntax = sqlite3_errcode(database_) == SQLITE_ERROR;
        throw_failure(options_, sql, is_syntax, "[SQLITE] " + message);
    }

private:
    Statement prepare(const std::string& sql) {
        sqlite3_stmt* statement = nullptr;
        int code = sqlite3_prepare_v2(
            database_, sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr);
        if (code != SQLITE_OK) fail(sql);
        return Statement(statement);
    }

    const Options options_;
    sqlite3* database_ = nullptr;
};

bool SqliteCursor::next() {
    int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) connection_.fail(sqlite3_sql(statement_.get()));
    return false;
}

Cell SqliteCursor::cell(size_t column) {
    auto* statement = statement_.get();
    int i = static_cast<int>(column);
    Cell out;
    auto bytes = [&](const void* data) {
        return std::string_view(static_cast<const char*>(data),
            static_cast<size_t>(sqlite3_column_bytes(statement, i)));
    };
    switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER:
            out.kind = CellKind::kInteger;
            out.integer = sqlite3_column_int64(statement, i);
            break;
        case SQLITE_FLOAT:
            out.kind = CellKind::kReal;
            out.real = sqlite3_column_double(statement, i);
            break;
        case SQLITE_TEXT:
            out.kind = CellKind::kText;
            out.text = bytes(sqlite3_column_text(statement, i));
            break;
        case SQLITE_BLOB:
            out.kind = CellKind::kBytes;
            out.text = bytes(sqlite3_column_blob(statement, i));
            break;
        default: break;
    }
    return out;
}

}  // namespace

std::unique_ptr<Connection> connect_sqlite(const Options& options) {
    return std::make_unique<SqliteConnection>(options);
}

}  // namespace hanok::jdbc
