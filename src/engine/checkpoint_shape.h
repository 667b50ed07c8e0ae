#pragma once
// What a checkpoint in Parquet has, by its footer: which fields, and in which rows.

#include <cstdint>
#include <duckdb.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace hanok::engine {

// Fields are named with their action: "add.path". Checkpoints of other writers leave some out.
class CheckpointShape {
public:
    // `file` as SQL.
    CheckpointShape(duckdb::Connection& connection, const std::string& file);

    bool has_action(const std::string& name) const { return actions_.contains(name); }
    bool has_field(const std::string& path) const { return fields_.contains(path); }
    // The first and the last row that may have a value of the field, a leaf; nullopt for none.
    std::optional<std::pair<int64_t, int64_t>> rows_of(const std::string& path) const;

    // The field as SQL with a type, a typed NULL where no row has it.
    std::string field(const std::string& path, const std::string& type) const;
    // Of a map, as lists.
    std::string map_keys(const std::string& path) const { return map_part(path, "map_keys"); }
    std::string map_values(const std::string& path) const { return map_part(path, "map_values"); }
    // The field itself.
    static std::string reference(const std::string& path);

private:
    // Rows of a leaf: of how many the footer has told, and which of them may have a value.
    struct Extent {
        int64_t rows = 0;
        int64_t first = -1;
        int64_t last = -1;
    };

    void collect(const std::string& path, const duckdb::LogicalType& type);
    void read_extents(duckdb::Connection& connection, const std::string& file);
    std::string map_part(const std::string& path, const std::string& function) const;
    bool has_entries(const std::string& map) const;

    std::set<std::string> actions_;
    std::set<std::string> fields_;
    std::map<std::string, Extent> extents_;  // by leaf
};

}  // namespace hanok::engine
