#pragma once
// SELECT TRANSFORM (…) USING 'script' as a relation: a function of rows in another process, as
// mapInPandas is one. Rows of `child` are lines of the script's input, lines that it writes are
// rows.

#include <optional>
#include <string>

#include "plan/relation.h"

namespace hanok::plan {

// The evaluation type of a PythonUdf that is a script (PySpark's own are not negative).
inline constexpr int kScriptEvalType = -401;

struct RowFormat {
    std::string field_end = "\x01";
    std::string null_text = "\\N";
};

struct ScriptTransform {
    std::string script;
    std::optional<types::Fields> columns;  // nullopt: the first two, called key and value
    RowFormat input;
    RowFormat output;
};

std::shared_ptr<MapInPython> make_script_transform(
    RelationPtr child, const ScriptTransform& transform);
bool is_script_transform(const MapInPython& map);
ScriptTransform script_transform_of(const MapInPython& map);

}  // namespace hanok::plan
