// MySQL and MariaDB through libmariadb. Rows are fetched as they come, values as texts.

#include <mysql.h>

#include "base/hex.h"
#include "jdbc/connection.h"

namespace hanok::jdbc {

namespace {

struct ResultEnd {
    void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};
using Result = std::unique_ptr<MYSQL_RES, ResultEnd>;

constexpr unsigned kBinaryCharset = 63;

const char* name_of(enum_field_types type) {
    switch (type) {
        case MYSQL_TYPE_TINY: return "tinyint";
        case MYSQL_TYPE_SHORT: return "smallint";
        case MYSQL_TYPE_INT24: return "mediumint";
        case MYSQL_TYPE_LONG: return "int";
        case MYSQL_TYPE_LONGLONG: return "bigint";
        case MYSQL_TYPE_FLOAT: return "float";
        case MYSQL_TYPE_DOUBLE: return "double";
        case MYSQL_TYPE_DECIMAL:
        case MYSQL_TYPE_NEWDECIMAL: return "decimal";
        case MYSQL_TYPE_BIT: return "bit";
        case MYSQL_TYPE_DATE:
        case MYSQL_TYPE_NEWDATE: return "date";
        case MYSQL_TYPE_TIME: return "time";
        case MYSQL_TYPE_DATETIME: return "datetime";
        case MYSQL_TYPE_TIMESTAMP: return "timestamp";
        case MYSQL_TYPE_YEAR: return "year";
        case MYSQL_TYPE_JSON: return "json";
        case MYSQL_TYPE_GEOMETRY: return "geometry";
        case MYSQL_TYPE_NULL: return "null";
        default: return nullptr;
    }
}

Column column_of(const MYSQL_FIELD& field) {
    Column out;
    out.name = std::string(field.name, field.name_length);
    bool is_binary = field.charsetnr == kBinaryCharset;
    const char* name = name_of(field.type);
    out.native_type = name ? name : is_binary ? "varbinary" : "varchar";
    bool is_number = field.type == MYSQL_TYPE_TINY || field.type == MYSQL_TYPE_SHORT ||
                     field.type == MYSQL_TYPE_INT24 || field.type == MYSQL_TYPE_LONG ||
                     field.type == MYSQL_TYPE_LONGLONG || field.type == MYSQL_TYPE_FLOAT;
    bool is_unsigned = (field.flags & UNSIGNED_FLAG) != 0;
    if (is_number && is_unsigned) out.native_type += " unsigned";
    out.size = static_cast<int>(std::min<unsigned long>(field.length, INT32_MAX));
    out.scale = static_cast<int>(field.decimals);
    if (field.type == MYSQL_TYPE_NEWDECIMAL) {  // the length counts sign and point
        out.size -= (field.decimals > 0 ? 1 : 0) + (is_unsigned ? 0 : 1);
    }
    out.is_nullable = (field.flags & NOT_NULL_FLAG) == 0;
    return out;
}

class MySqlConnection;

class MySqlCursor final : public Cursor {
public:
    MySqlCursor(MySqlConnection& connection, std::string sql, Result result)
        : connection_(connection),
          sql_(std::move(sql)),
          result_(std::move(result)),
          fields_(mysql_fetch_fields(result_.get())) {}
    bool next() override;
    Cell cell(size_t column) override;

private:
    MySqlConnection& connection_;
    std::string sql_;
    Result result_;
    const MYSQL_FIELD* fields_;
    MYSQL_ROW row_ = nullptr;
    unsigned long* lengths_ = nullptr;
};

class MySqlConnection final : public Connection {
public:
    explicit MySqlConnection(const Options& options) : options_(options) {
        connection_ = mysql_init(nullptr);
        if (!connection_) throw_no_connection(options, "out of memory");
        mysql_options(connection_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
        unsigned protocol = MYSQL_PROTOCOL_TCP;
        mysql_options(connection_, MYSQL_OPT_PROTOCOL, &protocol);
        // The server may not ask for files of this machine.
        unsigned no_files = 0;
        mysql_options(connection_, MYSQL_OPT_LOCAL_INFILE, &no_files);
        if (options.query_timeout_s > 0) {
            auto seconds = static_cast<unsigned>(options.query_timeout_s);
            mysql_options(connection_, MYSQL_OPT_READ_TIMEOUT, &seconds);
        }
        set_tls();
        const auto& url = options.parsed;
        if (!mysql_real_connect(connection_, url.host.c_str(), options.user.c_str(),
                options.password.c_str(), url.name.empty() ? nullptr : url.name.c_str(),
                static_cast<unsigned>(url.port), nullptr, 0)) {
            std::string message = mysql_error(connection_);
            mysql_close(connection_);
            throw_no_connection(options, message);
        }
        execute("SET time_zone = '+00:00'");
    }
    ~MySqlConnection() override { mysql_close(connection_); }

    std::vector<Column> describe(const std::string& query) override {
        run(query);
        Result result(mysql_store_result(connection_));
        std::vector<Column> out;
        if (!result) return out;
        auto* fields = mysql_fetch_fields(result.get());
        for (unsigned i = 0; i < mysql_num_fields(result.get()); ++i)
            out.push_back(column_of(fields[i]));
        return out;
    }

    std::unique_ptr<Cursor> query(const std::string& sql) override {
        run(sql);
        Result result(mysql_use_result(connection_));
        if (!result) fail(sql);
        return std::make_unique<MySqlCursor>(*this, sql, std::move(result));
    }

    void execute(const std::string& sql) override {
        run(sql);
        Result result(mysql_store_result(connection_));
        if (!result && mysql_errno(connection_) != 0) fail(sql);
    }

    std::string text_literal(std::string_view text) override {
        std::string out(text.size() * 2 + 1, '\0');
        auto size = mysql_real_escape_string(
            connection_, out.data(), text.data(), static_cast<unsigned long>(text.size()));
        out.resize(size);
        return "'" + out + "'";
    }

    std::string bytes_literal(std::string_view bytes) override {
        return "X'" + base::hex(bytes) + "'";
    }

    [[noreturn]] void fail(const std::string& sql) const {
        std::string message = mysql_error(connection_);
        bool is_syntax = std::string(mysql_sqlstate(connection_)).starts_with("42");
        throw_failure(options_, sql, is_syntax, message);
    }

    bool failed() const { return mysql_errno(connection_) != 0; }

private:
    void run(const std::string& sql) {
        if (mysql_real_query(connection_, sql.data(), static_cast<unsigned long>(sql.size())) != 0)
            fail(sql);
    }

    // useSSL and sslMode as the drivers have them.
    void set_tls() {
        auto parameter = [&](const char* name) {
            auto it = options_.parsed.parameters.find(name);
            return it == options_.parsed.parameters.end() ? std::string()
                                                          : types::to_lower(it->second);
        };
        std::string mode = parameter("sslMode");
        bool verifies = mode.starts_with("verify") ||
                        parameter("verifyServerCertificate") == "true";
        bool wanted = verifies || mode == "required" || mode == "trust" ||
                      parameter("useSSL") == "true" || parameter("requireSSL") == "true";
        my_bool verify = verifies;
        mysql_options(connection_, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
        my_bool enforce = wanted;
        mysql_options(connection_, MYSQL_OPT_SSL_ENFORCE, &enforce);
    }

    const Options options_;
    MYSQL* connection_ = nullptr;
};

bool MySqlCursor::next() {
    row_ = mysql_fetch_row(result_.get());
    if (!row_) {
        if (connection_.failed()) connection_.fail(sql_);
        return false;
    }
    lengths_ = mysql_fetch_lengths(result_.get());
    return true;
}

Cell MySqlCursor::cell(size_t column) {
    Cell out;
    if (!row_[column]) return out;
    std::string_view text(row_[column], lengths_[column]);
    const auto& field = fields_[column];
    if (field.type == MYSQL_TYPE_BIT) {
        out.kind = CellKind::kInteger;
        for (unsigned char c : text) out.integer = out.integer << 8 | c;
        return out;
    }
    bool is_bytes = !name_of(field.type) && field.charsetnr == kBinaryCharset;
    is_bytes = is_bytes || field.type == MYSQL_TYPE_GEOMETRY;
    out.kind = is_bytes ? CellKind::kBytes : CellKind::kText;
    out.text = text;
    return out;
}

}  // namespace

std::unique_ptr<Connection> connect_mysql(const Options& options) {
    return std::make_unique<MySqlConnection>(options);
}

}  // namespace hanok::jdbc
