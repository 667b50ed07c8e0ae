#pragma once
// The rows a command answers with.

#include <string>
#include <vector>

#include "resolved/plan.h"

namespace hanok::commands {

// Collects rows of one schema and makes the plan that yields them.
class Rows {
public:
    struct Column {
        std::string name;
        types::TypePtr type;
        bool nullable = true;
    };
    explicit Rows(std::vector<Column> columns);

    // One value per column.
    void add(std::vector<types::Value> row);
    size_t size() const { return rows_.size(); }
    resolved::PlanPtr plan() &&;

private:
    std::vector<Column> columns_;
    std::vector<resolved::Exprs> rows_;
};

// Shorthands for the values most commands answer with.
inline types::Value text(std::string s) { return types::string_value(std::move(s)); }
inline types::Value number(int64_t n) { return types::int_value(n); }
inline types::Value flag(bool b) { return types::bool_value(b); }
inline types::Value null() { return types::Value(); }

// SQL LIKE as SHOW … LIKE has it: '*' for anything, '|' between alternatives; case-insensitive. ""
// matches all.
bool matches_pattern(const std::string& name, const std::string& pattern);

}  // namespace hanok::commands
