// PostgreSQL through libpq. Rows come one by one (single-row mode), values as texts.

#include <libpq-fe.h>

#include <map>

#include "base/hex.h"
#include "jdbc/connection.h"

namespace hanok::jdbc {

namespace {

struct ResultEnd {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ResultEnd>;

constexpr Oid kBytea = 17;
constexpr int kHeader = 4;  // of a type modifier

std::string trimmed(std::string message) {
    while (!message.empty() && message.back() == '\n') message.pop_back();
    return message;
}

// Parameters of the URL under libpq's names; those of the driver alone are left out.
const std::map<std::string, std::string>& known_parameters() {
    static const std::map<std::string, std::string> names = {{"sslmode", "sslmode"},
        {"sslrootcert", "sslrootcert"}, {"sslcert", "sslcert"}, {"sslkey", "sslkey"},
        {"ApplicationName", "application_name"}, {"connectTimeout", "connect_timeout"},
        {"options", "options"}};
    return names;
}

class PostgresConnection;

class PostgresCursor final : public Cursor {
public:
    PostgresCursor(PostgresConnection& connection, std::string sql)
        : connection_(connection), sql_(std::move(sql)) {}
    ~PostgresCursor() override;
    bool next() override;
    Cell cell(size_t column) override;

private:
    PostgresConnection& connection_;
    std::string sql_;
    Result row_;
    std::string bytes_;
    bool done_ = false;
};

class PostgresConnection final : public Connection {
public:
    explicit PostgresConnection(const Options& options) : options_(options) {
        std::map<std::string, std::string> given = {{"host", options.parsed.host},
            {"port", std::to_string(options.parsed.port)}, {"client_encoding", "UTF8"},
            {"application_name", "Hanok"}};
        std::string name = options.parsed.name.empty() ? options.user : options.parsed.name;
        if (!name.empty()) given["dbname"] = name;
        if (!options.user.empty()) given["user"] = options.user;
        if (!options.password.empty()) given["password"] = options.password;
        for (const auto& [key, value] : options.parsed.parameters) {
            auto known = known_parameters().find(key);
            if (known != known_parameters().end()) given[known->second] = value;
        }
        std::vector<const char*> keys;
        std::vector<const char*> values;
        for (const auto& [key, value] : given) {
            keys.push_back(key.c_str());
            values.push_back(value.c_str());
        }
        keys.push_back(nullptr);
        values.push_back(nullptr);
        connection_ = PQconnectdbParams(keys.data(), values.data(), 0);
        if (PQstatus(connection_) != CONNECTION_OK) {
            std::string message = trimmed(PQerrorMessage(connection_));
            PQfinish(connection_);
            throw_no_connection(options, message);
        }
        execute(
            "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';"
            " SET bytea_output = 'hex'; SET extra_float_digits = 3;"
            " SET standard_conforming_strings = on");
        if (options.query_timeout_s > 0)
            execute("SET statement_timeout = '" + std::to_string(options.query_timeout_s) + "s'");
    }
    ~PostgresConnection() override { PQfinish(connection_); }

    std::vector<Column> describe(const std::string& query) override;

    std::unique_ptr<Cursor> query(const std::string& sql) override {
        if (PQsendQuery(connection_, sql.c_str()) == 0) fail(sql, nullptr);
        PQsetSingleRowMode(connection_);
        return std::make_unique<PostgresCursor>(*this, sql);
    }

    void execute(const std::string& sql) override { run(sql); }

    std::string text_literal(std::string_view text) override {
        if (text.find('\0') != std::string_view::npos)
            throw_failure(options_, "", false, "a string holds a character that is 0");
        char* quoted = PQescapeLiteral(connection_, text.data(), text.size());
        if (!quoted) throw_failure(options_, "", false, trimmed(PQerrorMessage(connection_)));
        std::string out = quoted;
        PQfreemem(quoted);
        return out;
    }

    std::string bytes_literal(std::string_view bytes) override {
        return "'\\x" + base::hex(bytes) + "'";
    }

    PGconn* get() const { return connection_; }

    [[noreturn]] void fail(const std::string& sql, const PGresult* result) const {
        std::string message = trimmed(
            result ? PQresultErrorMessage(result) : PQerrorMessage(connection_));
        const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
        throw_failure(options_, sql, state && std::string(state).starts_with("42"), message);
    }

private:
    Result run(const std::string& sql) {
        Result result(PQexec(connection_, sql.c_str()));
        auto status = PQresultStatus(result.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
            fail(sql, result.get());
        return result;
    }

    const Options options_;
    PGconn* connection_ = nullptr;
};

void read_modifier(const std::string& type, int modifier, Column* column) {
    if (modifier < 0) return;
    if (type == "numeric" || type == "_numeric") {
        column->size = ((modifier - kHeader) >> 16) & 0xffff;
        column->scale = (modifier - kHeader) & 0x7ff;
        if (column->scale >= 1024) column->scale -= 2048;  // since PostgreSQL 15
    } else if (type.ends_with("varchar") || type.ends_with("bpchar")) {
        column->size = modifier - kHeader;
    } else {
        column->size = modifier;  // bit, time, timestamp
    }
}

std::vector<Column> PostgresConnection::describe(const std::string& query) {
    auto result = run(query);
    int count = PQnfields(result.get());
    std::vector<Column> out(static_cast<size_t>(count));
    std::string oids;
    for (int i = 0; i < count; ++i)
        oids += (i ? "," : "") + std::to_string(PQftype(result.get(), i));
    std::map<std::string, std::string> names;
    if (count > 0) {
        // A domain is what it stands for; enumerations are texts.
        auto types = run(
            "SELECT t.oid, coalesce(b.typname, t.typname) FROM pg_catalog.pg_type t"
            " LEFT JOIN pg_catalog.pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype"
            " WHERE t.oid IN (" +
            oids + ")");
        for (int i = 0; i < PQntuples(types.get()); ++i)
            names[PQgetvalue(types.get(), i, 0)] = PQgetvalue(types.get(), i, 1);
    }
    for (int i = 0; i < count; ++i) {
        Column& column = out[static_cast<size_t>(i)];
        column.name = PQfname(result.get(), i);
        column.native_type = names[std::to_string(PQftype(result.get(), i))];
        read_modifier(column.native_type, PQfmod(result.get(), i), &column);
    }
    return out;
}

PostgresCursor::~PostgresCursor() {
    if (done_) return;
    row_.reset();
    // What was not read must not stand in the way of the next statement.
    char error[256];
    if (PGcancel* cancel = PQgetCancel(connection_.get())) {
        PQcancel(cancel, error, sizeof(error));
        PQfreeCancel(cancel);
    }
    while (Result rest{PQgetResult(connection_.get())}) {}
}

bool PostgresCursor::next() {
    if (done_) return false;
    row_.reset(PQgetResult(connection_.get()));
    if (row_ && PQresultStatus(row_.get()) == PGRES_SINGLE_TUPLE) return true;
    Result last = std::move(row_);
    done_ = true;
    bool failed = last && PQresultStatus(last.get()) != PGRES_TUPLES_OK &&
                  PQresultStatus(last.get()) != PGRES_COMMAND_OK;
    while (Result rest{PQgetResult(connection_.get())}) {}
    if (failed) connection_.fail(sql_, last.get());
    return false;
}

int hex_digit(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

Cell PostgresCursor::cell(size_t column) {
    int i = static_cast<int>(column);
    Cell out;
    if (PQgetisnull(row_.get(), 0, i)) return out;
    out.kind = CellKind::kText;
    out.text = std::string_view(
        PQgetvalue(row_.get(), 0, i), static_cast<size_t>(PQgetlength(row_.get(), 0, i)));
    if (PQftype(row_.get(), i) == kBytea && out.text.starts_with("\\x")) {
        bytes_.clear();
        for (size_t at = 2; at + 1 < out.text.size(); at += 2)
            bytes_ += static_cast<char>(hex_digit(out.text[at]) << 4 | hex_digit(out.text[at + 1]));
        out.kind = CellKind::kBytes;
        out.text = bytes_;
    }
    return out;
}

}  // namespace

std::unique_ptr<Connection> connect_postgres(const Options& options) {
    return std::make_unique<PostgresConnection>(options);
}

}  // namespace hanok::jdbc
