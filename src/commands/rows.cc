#include "commands/rows.h"

#include <regex>

#include "analyzer/analyzer.h"
#include "base/error.h"

namespace hanok::commands {

Rows::Rows(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Rows::add(std::vector<types::Value> row) {
    if (row.size() != columns_.size()) throw internal_error("a command's row has the wrong width");
    resolved::Exprs exprs;
    for (size_t i = 0; i < row.size(); ++i) {
        exprs.push_back(std::make_shared<resolved::Literal>(columns_[i].type, std::move(row[i])));
    }
    rows_.push_back(std::move(exprs));
}

resolved::PlanPtr Rows::plan() && {
    auto values = std::make_shared<resolved::Values>();
    for (const auto& column : columns_) {
        values->output.push_back(
            {analyzer::Analyzer::next_id(), column.name, column.type, column.nullable, {}, ""});
    }
    values->rows = std::move(rows_);
    return values;
}

bool matches_pattern(const std::string& name, const std::string& pattern) {
    if (pattern.empty()) return true;
    size_t begin = 0;
    while (begin <= pattern.size()) {
        size_t end = std::min(pattern.find('|', begin), pattern.size());
        std::string one;
        for (char c : pattern.substr(begin, end - begin))
            one += c == '*' ? ".*" : std::string(1, c);
        try {
            if (std::regex_match(name, std::regex(one, std::regex::icase))) return true;
        } catch (const std::regex_error&) {
            // Spark ignores alternatives that are no regular expression.
        }
        begin = end + 1;
    }
    return false;
}

}  // namespace hanok::commands
