#include "jdbc/insert.h"

#include <charconv>
#include <cmath>

#include "base/error.h"

namespace hanok::jdbc {

namespace {

// A statement is sent when it is as long as this, though the batch could take more rows.
constexpr size_t kMaxStatementBytes = 1 << 20;

}  // namespace

Inserter::Inserter(const Options& options, const std::vector<std::string>& columns)
    : options_(options), connection_(connect(options)) {
    Database database = options.parsed.database;
    std::string names;
    for (const auto& column : columns)
        names += (names.empty() ? "" : ",") + quoted(database, column);
    prefix_ = "INSERT INTO " + options.table + " (" + names + ") VALUES ";
    auto described = connection_->describe(schema_query(options.table));
    for (const auto& column : columns) {
        auto text = InstantText::kWallClock;
        for (const auto& known : described) {
            if (known.name == column) text = jdbc::instant_text(database, known.native_type);
        }
        instant_texts_.push_back(text);
    }
    if (options.isolation == Isolation::kNone) return;
    if (auto statement = isolation_statement(database, options.isolation))
        connection_->execute(*statement);
    connection_->execute("BEGIN");
    in_transaction_ = true;
}

Inserter::~Inserter() {
    if (!in_transaction_) return;
    try {
        connection_->execute("ROLLBACK");
    } catch (const Error&) {
        // The database rolls back when the connection ends.
    }
}

std::string Inserter::literal(const Value& value) {
    switch (value.kind) {
        case CellKind::kNull: return "NULL";
        case CellKind::kBoolean: return value.integer ? "TRUE" : "FALSE";
        case CellKind::kInteger: return std::to_string(value.integer);
        case CellKind::kText: return connection_->text_literal(value.text);
        case CellKind::kBytes: return connection_->bytes_literal(value.text);
        case CellKind::kReal: break;
    }
    bool is_sqlite = options_.parsed.database == Database::kSqlite;
    if (std::isnan(value.real)) return is_sqlite ? "NULL" : "'NaN'";
    if (std::isinf(value.real)) {
        if (is_sqlite) return value.real > 0 ? "9e999" : "-9e999";
        return value.real > 0 ? "'Infinity'" : "'-Infinity'";
    }
    char text[64];
    auto end = std::to_chars(text, text + sizeof(text), value.real).ptr;
    std::string out(text, end);
    // 1 would be an integer.
    return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
}

void Inserter::add(const std::vector<Value>& row) {
    rows_ += rows_.empty() ? "(" : ",(";
    for (size_t i = 0; i < row.size(); ++i) rows_ += (i ? "," : "") + literal(row[i]);
    rows_ += ")";
    if (++pending_ >= options_.batch_size || rows_.size() >= kMaxStatementBytes) flush();
}

void Inserter::flush() {
    if (pending_ == 0) return;
    connection_->execute(prefix_ + rows_);
    rows_.clear();
    pending_ = 0;
}

void Inserter::finish() {
    flush();
    if (!in_transaction_) return;
    connection_->execute("COMMIT");
    in_transaction_ = false;
}

}  // namespace hanok::jdbc
