#pragma once
// What ANALYZE TABLE found, kept with the table's entry in the catalog. It counts as long as the
// table stays as it was: the same version of a Delta table, the same data files of another.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "commands/names.h"

namespace hanok::commands {

struct SizeStatistics {
    int64_t bytes = 0;
    std::optional<int64_t> rows;  // nullopt: nobody counted (NOSCAN)

    std::string text() const;  // "1067 bytes, 3 rows"
};

struct ColumnStatistics {
    int64_t distinct = 0;
    int64_t nulls = 0;
    std::optional<std::string> min, max;
    std::optional<int64_t> average_length, longest;  // bytes of fixed types, characters of texts
};

struct KeptStatistics {
    std::optional<SizeStatistics> table;
    std::map<std::string, SizeStatistics> partitions;  // by folder: "a=1/b=x"
    std::map<std::string, ColumnStatistics> columns;
};

// Bytes of the table's data files, and a text that changes whenever they do.
struct TableState {
    int64_t bytes = 0;
    std::string text;
};
TableState table_state(Session& session, const catalog::TableInfo& info);

// Empty where nothing is kept, or the table changed since.
KeptStatistics kept_statistics(Session& session, const catalog::TableInfo& info);
// Adds to what is kept of this state of the table.
void keep_statistics(Session& session, catalog::TableInfo info, const TableState& state,
    const KeptStatistics& found);
// Takes them out of properties that are shown.
void hide_kept_statistics(catalog::Properties* properties);

}  // namespace hanok::commands
