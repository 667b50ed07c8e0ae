#pragma once
// Predicates as SQL of a database: only those that it answers as Spark does, or with more rows.

#include <optional>
#include <string>
#include <vector>

#include "delta/file_skipping.h"
#include "engine/io/data_scan.h"
#include "jdbc/connection.h"

namespace hanok::engine {

class JdbcFilter {
public:
    // `native`: the columns as the database has them.
    JdbcFilter(jdbc::Database database, const std::vector<ScanColumn>& columns,
        const std::vector<jdbc::Column>& native)
        : database_(database), columns_(columns), native_(native) {}

    // nullopt: nothing can be said. Every row for which the predicate is TRUE meets the text.
    std::optional<std::string> sql(const delta::Predicate& predicate) const;

private:
    enum class Kind { kNone, kNumber, kText, kDate };
    const ScanColumn* column(const delta::Predicate& predicate) const;
    // How the database compares the column, where it does so as Spark does.
    Kind kind_of(const ScanColumn& column) const;
    std::optional<std::string> literal(const ScanColumn& column, const types::Value& value) const;
    std::optional<std::string> compared(const delta::Predicate& predicate) const;
    std::optional<std::string> listed(const delta::Predicate& predicate) const;
    std::optional<std::string> joined(const delta::Predicate& predicate) const;

    jdbc::Database database_;
    const std::vector<ScanColumn>& columns_;
    const std::vector<jdbc::Column>& native_;
};

}  // namespace hanok::engine
