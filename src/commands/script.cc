// Runs SQL scripts: blocks, branches, loops, cursors, handlers. The last query's rows are the
// script's.

#include "plan/script.h"

#include <algorithm>

#include "base/error.h"
#include "commands/command.h"
#include "commands/script_cursors.h"
#include "commands/variables.h"
#include "session/row_pages.h"
#include "session/script_scopes.h"

namespace hanok::commands {

namespace {

using plan::ScriptBody;
using plan::ScriptHandler;
using plan::ScriptStatement;

// How a statement ended. LEAVE and ITERATE travel to the statement of their label.
struct Flow {
    enum class Kind : uint8_t { kNext, kLeave, kIterate };
    Kind kind = Kind::kNext;
    std::string label;
};

class ScriptRunner {
public:
    explicit ScriptRunner(Session& session)
        : session_(session), script_(session), scopes_(script_.scopes()) {}
    ~ScriptRunner() { drop_result(); }
    ScriptRunner(const ScriptRunner&) = delete;
    ScriptRunner& operator=(const ScriptRunner&) = delete;

    Output run(const ScriptStatement& block) {
        execute(block);
        Output rows = result_id_.empty() ? nullptr : session_.find_checkpoint(result_id_);
        if (rows) session_.keep_script_result(result_id_);
        result_id_.clear();
        return rows;
    }

private:
    // Handlers of the open blocks, the innermost last.
    struct OpenBlock {
        const ScriptStatement* block;
        size_t depth;  // of scopes, with the block's own
    };
    // Thrown to get back to the block whose EXIT handler has run.
    struct Handled {
        const ScriptStatement* block;
        Flow flow;
    };

    Flow execute(const ScriptStatement& s) {
        switch (s.kind) {
            case ScriptStatement::Kind::kBlock: return block(s);
            case ScriptStatement::Kind::kIf: return branches(s);
            case ScriptStatement::Kind::kWhile:
            case ScriptStatement::Kind::kRepeat:
            case ScriptStatement::Kind::kLoop: return loop(s);
            case ScriptStatement::Kind::kFor: return for_rows(s);
            case ScriptStatement::Kind::kLeave: return {Flow::Kind::kLeave, s.label};
            case ScriptStatement::Kind::kIterate: return {Flow::Kind::kIterate, s.label};
            case ScriptStatement::Kind::kStatement: single(s.statement); return {};
            case ScriptStatement::Kind::kDeclareCursor:
            case ScriptStatement::Kind::kOpenCursor:
            case ScriptStatement::Kind::kFetchCursor:
            case ScriptStatement::Kind::kCloseCursor: run_cursor_statement(session_, s); return {};
        }
        return {};
    }

    // A statement whose error finds a handler does not throw it on. Conditions of completion, as
    // FETCH raises behind the last row, need no handler.
    Flow guarded(const ScriptStatement& s) {
        session::InterruptCheck::check();
        auto depth = scopes_.depth();
        try {
            return execute(s);
        } catch (const Error& error) {
            auto [open, handler] = find_handler(error);
            if (!handler && is_completion(error)) return {};
            if (!handler) throw;
            auto block = blocks_[open];
            blocks_.resize(open);  // errors of the handler belong to the blocks around
            scopes_.truncate(handler->is_continue ? depth : block.depth);
            auto flow = body(handler->body);
            if (handler->is_continue) {
                blocks_.push_back(block);
                return flow;
            }
            throw Handled{block.block, flow};
        }
    }

    Flow body(const ScriptBody& statements) {
        for (const auto& s : statements) {
            auto flow = guarded(*s);
            if (flow.kind != Flow::Kind::kNext) return flow;
        }
        return {};
    }

    Flow block(const ScriptStatement& s) {
        auto depth = scopes_.depth();
        auto open = blocks_.size();
        scopes_.push(s.label);
        blocks_.push_back({&s, depth + 1});
        Flow flow;
        try {
            flow = body(s.body);
        } catch (const Handled& handled) {
            if (handled.block != &s) throw;
            flow = handled.flow;
        }
        blocks_.resize(open);
        scopes_.truncate(depth);
        bool left = flow.kind == Flow::Kind::kLeave && !s.label.empty() && flow.label == s.label;
        return left ? Flow{} : flow;
    }

    Flow branches(const ScriptStatement& s) {
        for (const auto& branch : s.branches) {
            if (is_true(branch.condition)) return body(branch.body);
        }
        return body(s.otherwise);
    }

    // Whether a loop ends with `flow`, which is changed into what the loop itself ends with.
    static bool ends_loop(const std::string& label, Flow& flow) {
        if (flow.kind == Flow::Kind::kNext) return false;
        if (label.empty() || flow.label != label) return true;
        bool leaves = flow.kind == Flow::Kind::kLeave;
        flow = {};
        return leaves;
    }

    Flow loop(const ScriptStatement& s) {
        while (s.kind != ScriptStatement::Kind::kWhile || is_true(s.condition)) {
            session::InterruptCheck::check();
            auto flow = body(s.body);
            if (ends_loop(s.label, flow)) return flow;
            if (s.kind == ScriptStatement::Kind::kRepeat && is_true(s.condition)) break;
        }
        return {};
    }

    Flow for_rows(const ScriptStatement& s) {
        auto plan = session_.analyze(s.query);
        session::RowPages rows(session_, plan);
        auto depth = scopes_.depth();
        while (const auto* row = rows.next()) {
            session::InterruptCheck::check();
            scopes_.push(s.variable);
            for (size_t i = 0; i < row->size(); ++i) {
                scopes_.declare(
                    plan->output[i].name, {{}, plan->output[i].type, (*row)[i], nullptr});
            }
            auto flow = body(s.body);
            scopes_.truncate(depth);
            if (ends_loop(s.label, flow)) return flow;
        }
        return {};
    }

    bool is_true(const plan::ExprPtr& condition) {
        auto [value, type] = session_.analyzer()->fold(condition);
        bool is_boolean = type->is(types::TypeId::kBoolean);
        if (!is_boolean && !type->is(types::TypeId::kNull)) {
            throw analysis_error("INVALID_BOOLEAN_STATEMENT",
                {{"invalidStatement", condition->origin && condition->origin->known()
                                          ? plan::query_context(*condition->origin).fragment
                                          : ""}});
        }
        return is_boolean && !value.is_null() && value.as_bool();
    }

    void single(const plan::Statement& statement) {
        if (statement.query) {
            keep_result(session_.analyze(statement.query));
        } else if (statement.command->kind == plan::CommandKind::kDeclareVariable) {
            declare_local_variables(session_, statement.command->as<plan::DeclareVariable>());
        } else {
            auto rows = commands::run(session_, statement.command);
            bool is_query = statement.command->kind == plan::CommandKind::kExecuteImmediate;
            if (rows && is_query) keep_result(rows);
        }
    }

    void keep_result(const resolved::PlanPtr& rows) {
        auto id = session_.checkpoint(rows, true);
        drop_result();
        result_id_ = id;
    }

    void drop_result() {
        if (!result_id_.empty()) session_.drop_checkpoint(result_id_);
        result_id_.clear();
    }

    static bool is_completion(const Error& error) {
        return error.sqlstate().compare(0, 2, "02") == 0;
    }

    // The handler that fits `error` best in the innermost block that has one: conditions before
    // SQLSTATEs before classes.
    std::pair<size_t, const ScriptHandler*> find_handler(const Error& error) const {
        if (error.kind() == ErrorKind::kInternal || error.condition() == "OPERATION_CANCELED")
            return {0, nullptr};
        auto has = [](const std::vector<std::string>& list, const std::string& value) {
            return std::find(list.begin(), list.end(), value) != list.end();
        };
        auto main_condition = error.condition().substr(0, error.condition().find('.'));
        for (size_t open = blocks_.size(); open-- > 0;) {
            const auto& handlers = blocks_[open].block->handlers;
            for (const auto& h : handlers) {
                if (has(h.conditions, error.condition()) || has(h.conditions, main_condition))
                    return {open, &h};
            }
            for (const auto& h : handlers) {
                if (has(h.sqlstates, error.sqlstate())) return {open, &h};
            }
            for (const auto& h : handlers) {
                if (is_completion(error) ? h.not_found : h.any_exception) return {open, &h};
            }
        }
        return {0, nullptr};
    }

    Session& session_;
    session::RunningScript script_;
    session::ScriptScopes& scopes_;
    std::vector<OpenBlock> blocks_;
    std::string result_id_;  // the checkpoint with the last query's rows
};

// Refuses what the session's configuration does not allow.
void refuse(const ScriptStatement& s, bool continue_handlers, bool cursors) {
    using Kind = ScriptStatement::Kind;
    bool is_cursor = s.kind == Kind::kDeclareCursor || s.kind == Kind::kOpenCursor ||
                     s.kind == Kind::kFetchCursor || s.kind == Kind::kCloseCursor;
    if (cursors && is_cursor) throw unsupported_error("UNSUPPORTED_FEATURE.SQL_CURSOR", {});
    auto all = [&](const ScriptBody& body) {
        for (const auto& inner : body) refuse(*inner, continue_handlers, cursors);
    };
    for (const auto& h : s.handlers) {
        if (h.is_continue && continue_handlers)
            throw unsupported_error("UNSUPPORTED_FEATURE.CONTINUE_EXCEPTION_HANDLER", {});
        all(h.body);
    }
    all(s.body);
    all(s.otherwise);
    for (const auto& branch : s.branches) all(branch.body);
}

}  // namespace

Output script(Session& session, const plan::Script& command) {
    const auto& block = *command.block;
    refuse(block, !session.config().get_bool("spark.sql.scripting.continueHandlerEnabled", false),
        !session.config().get_bool("spark.sql.scripting.cursorEnabled", false));
    if (block.kind == ScriptStatement::Kind::kBlock) return ScriptRunner(session).run(block);
    run_cursor_statement(session, block);
    return nullptr;
}

}  // namespace hanok::commands
