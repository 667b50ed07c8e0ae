#pragma once
// SQL scripts: BEGIN … END with declarations, control flow, cursors and handlers.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plan/command.h"

namespace hanok::plan {

struct ScriptStatement;
using ScriptBody = std::vector<std::shared_ptr<const ScriptStatement>>;

struct ScriptBranch {
    ExprPtr condition;
    ScriptBody body;
};

// What a handler is for is one or more of these.
struct ScriptHandler {
    bool is_continue = false;
    bool any_exception = false;           // SQLEXCEPTION
    bool not_found = false;               // NOT FOUND
    std::vector<std::string> sqlstates;   // upper case
    std::vector<std::string> conditions;  // upper case; names of error conditions
    ScriptBody body;
};

struct ScriptStatement {
    enum class Kind : uint8_t {
        kStatement,      // statement
        kBlock,          // body, handlers
        kIf,             // branches, otherwise; CASE too
        kWhile,          // condition, body
        kRepeat,         // body, until condition
        kLoop,           // body
        kFor,            // a row of query at a time; its columns are variables in `label`
        kLeave,          // label
        kIterate,        // label
        kDeclareCursor,  // cursor, cursor_query
        kOpenCursor,     // cursor, cursor_arguments
        kFetchCursor,    // cursor, targets
        kCloseCursor,    // cursor
    };
    Kind kind = Kind::kStatement;
    OriginPtr origin;
    std::string label;     // "" when it has none
    std::string variable;  // FOR variable AS …
    Statement statement;
    std::vector<ScriptBranch> branches;
    ScriptBody otherwise;
    ExprPtr condition;
    RelationPtr query;
    ScriptBody body;
    std::vector<ScriptHandler> handlers;
    Name cursor;                // c, or label.c
    std::string cursor_query;   // its text; read again by each OPEN
    Exprs cursor_arguments;     // Alias where they have names
    std::vector<Name> targets;  // variables
};

struct Script final : CommandOf<CommandKind::kScript> {
    // BEGIN … END; or OPEN, FETCH or CLOSE alone, which work in EXECUTE IMMEDIATE of a script.
    std::shared_ptr<const ScriptStatement> block;
};

}  // namespace hanok::plan
