#pragma once
// Rows into a table, many with one statement.

#include <memory>
#include <string>
#include <vector>

#include "jdbc/dialect.h"

namespace hanok::jdbc {

// A value with its own memory.
struct Value {
    CellKind kind = CellKind::kNull;
    int64_t integer = 0;
    double real = 0;
    std::string text;
};

// All rows stand in the table after finish(), or, unless the isolation level is NONE, none of them.
// One thread.
class Inserter {
public:
    // `columns`: names in the table, in the order of a row's values.
    Inserter(const Options& options, const std::vector<std::string>& columns);
    ~Inserter();  // without finish(): the rows are taken back

    // How instants are written into column `index`.
    InstantText instant_text(size_t index) const { return instant_texts_[index]; }
    void add(const std::vector<Value>& row);
    void finish();

private:
    std::string literal(const Value& value);
    void flush();

    const Options options_;
    std::unique_ptr<Connection> connection_;
    std::string prefix_;
    std::vector<InstantText> instant_texts_;
    std::string rows_;
    int64_t pending_ = 0;
    bool in_transaction_ = false;
};

}  // namespace hanok::jdbc
