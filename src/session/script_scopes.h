#pragma once
// Local variables and cursors of a running SQL script: one scope a BEGIN … END block or FOR row,
// the innermost last. A script runs on one thread; what that thread analyses meanwhile sees its
// variables.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/analyzer.h"

namespace hanok::session {

class RowPages;
class Session;

// DECLARE … CURSOR; while it is open it has rows.
struct ScriptCursor {
    std::string name;
    std::string query;  // its text
    std::unique_ptr<RowPages> rows;
};

class ScriptScopes {
public:
    ScriptScopes();
    ~ScriptScopes();

    // `label`: in lower case; "" for none.
    void push(const std::string& label);
    size_t depth() const { return scopes_.size(); }
    // Closes the scopes beyond the first `depth`, with their cursors.
    void truncate(size_t depth);

    // In the innermost scope; false when it has a variable of that name.
    bool declare(const std::string& name, analyzer::Variable variable);
    // v, or label.v; the innermost that fits.
    std::optional<analyzer::Variable> find(const std::vector<std::string>& name) const;
    // False when there is no such variable.
    bool assign(const std::vector<std::string>& name, const types::Value& value);

    // EXECUTE IMMEDIATE: its statement sees none of the variables, but the cursors.
    bool hide_variables(bool hidden) { return std::exchange(hides_variables_, hidden); }

    // As for variables, whose names are not those of cursors.
    bool declare_cursor(const std::string& name, const std::string& query);
    // Null when there is none.
    ScriptCursor* find_cursor(const std::vector<std::string>& name);

private:
    struct Scope {
        std::string label;
        std::map<std::string, analyzer::Variable> variables;  // by lower-case name
        std::map<std::string, ScriptCursor> cursors;          // likewise
    };
    // v, or label.v, in the innermost scope of `scopes` that has it.
    template <class Scopes, class Map>
    static auto look_up(Scopes& scopes, Map Scope::*map, const std::vector<std::string>& name)
        -> decltype(&(scopes.back().*map).begin()->second);
    std::vector<Scope> scopes_;
    bool hides_variables_ = false;
};

// While it lives, the thread runs a script of `session`.
class RunningScript {
public:
    explicit RunningScript(Session& session);
    ~RunningScript();
    RunningScript(const RunningScript&) = delete;
    RunningScript& operator=(const RunningScript&) = delete;

    // The thread's script if it is one of `session`; null otherwise.
    static RunningScript* of(const Session& session);

    ScriptScopes& scopes() { return scopes_; }
    // Finds the script's variables before the session's.
    analyzer::Resolver& resolver() { return *resolver_; }

private:
    Session& session_;
    ScriptScopes scopes_;
    std::unique_ptr<analyzer::Resolver> resolver_;
    RunningScript* const enclosing_;
};

// While it lives, `is_interrupted` says whether the thread's statement is to end early.
class InterruptCheck {
public:
    explicit InterruptCheck(std::function<bool()> is_interrupted);
    ~InterruptCheck();
    InterruptCheck(const InterruptCheck&) = delete;
    InterruptCheck& operator=(const InterruptCheck&) = delete;

    // Throws OPERATION_CANCELED when the thread's statement is to end.
    static void check();

private:
    std::function<bool()> is_interrupted_;
    InterruptCheck* const enclosing_;
};

}  // namespace hanok::session
