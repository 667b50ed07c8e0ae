#include "base/error.h"
#include "commands/command.h"
#include "session/store_access.h"

namespace hanok::commands {

namespace {

// The Unsupported node says what the statement would need.
Output unsupported(Session&, const plan::Unsupported& command) {
    throw unsupported_feature(command.feature);
}

template <class T>
Output call(Output (*verb)(Session&, const T&), Session& session, const plan::Command& command) {
    return verb(session, command.as<T>());
}

Output dispatch(Session& session, const plan::Command& c) {
    using Kind = plan::CommandKind;
    switch (c.kind) {
        case Kind::kCreateCatalog: return call(create_catalog, session, c);
        case Kind::kDropCatalog: return call(drop_catalog, session, c);
        case Kind::kCreateNamespace: return call(create_namespace, session, c);
        case Kind::kAlterNamespace: return call(alter_namespace, session, c);
        case Kind::kDropNamespace: return call(drop_namespace, session, c);
        case Kind::kCreateTable: return call(create_table, session, c);
        case Kind::kCreateTableLike: return call(create_table_like, session, c);
        case Kind::kAlterTable: return call(alter_table, session, c);
        case Kind::kDropTable: return call(drop_table, session, c);
        case Kind::kTruncateTable: return call(truncate_table, session, c);
        case Kind::kCreateView: return call(create_view, session, c);
        case Kind::kAlterView: return call(alter_view, session, c);
        case Kind::kDropView: return call(drop_view, session, c);
        case Kind::kCreateFunction: return call(create_function, session, c);
        case Kind::kDropFunction: return call(drop_function, session, c);
        case Kind::kInsert: return call(insert, session, c);
        case Kind::kWrite: return call(write, session, c);
        case Kind::kDelete: return call(delete_rows, session, c);
        case Kind::kUpdate: return call(update_rows, session, c);
        case Kind::kMerge: return call(merge_into, session, c);
        case Kind::kShow: return call(show, session, c);
        case Kind::kDescribeTable: return call(describe_table, session, c);
        case Kind::kDescribeNamespace: return call(describe_namespace, session, c);
        case Kind::kDescribeFunction: return call(describe_function, session, c);
        case Kind::kDescribeQuery: return call(describe_query, session, c);
        case Kind::kExplain: return call(explain, session, c);
        case Kind::kUse: return call(use, session, c);
        case Kind::kSetConfig: return call(set_config, session, c);
        case Kind::kResetConfig: return call(reset_config, session, c);
        case Kind::kComment: return call(comment_on, session, c);
        case Kind::kCache: return call(cache_table, session, c);
        case Kind::kUncache: return call(uncache_table, session, c);
        case Kind::kRefresh: return call(refresh, session, c);
        case Kind::kAnalyzeTable: return call(analyze_table, session, c);
        case Kind::kOptimize: return call(optimize, session, c);
        case Kind::kVacuum: return call(vacuum, session, c);
        case Kind::kDescribeHistory: return call(describe_history, session, c);
        case Kind::kDescribeDetail: return call(describe_detail, session, c);
        case Kind::kRestore: return call(restore, session, c);
        case Kind::kCloneTable: return call(clone_table, session, c);
        case Kind::kConvertToDelta: return call(convert_to_delta, session, c);
        case Kind::kGenerateManifest: return call(generate_manifest, session, c);
        case Kind::kDeclareVariable: return call(declare_variable, session, c);
        case Kind::kSetVariable: return call(set_variable, session, c);
        case Kind::kDropVariable: return call(drop_variable, session, c);
        case Kind::kExecuteImmediate: return call(execute_immediate, session, c);
        case Kind::kScript: return call(script, session, c);
        case Kind::kCatalogCall: return call(catalog_call, session, c);
        case Kind::kUnsupported: return call(unsupported, session, c);
    }
    throw internal_error("a command without a verb");
}

}  // namespace

Output run(Session& session, const plan::CommandPtr& command) {
    storage::StoreScope scope(session::store_settings(session));
    try {
        return dispatch(session, *command);
    } catch (Error& error) {
        if (command->origin && command->origin->known() && !error.has_context()) {
            error.add_context(plan::query_context(*command->origin));
        }
        throw;
    }
}

void install() {
    session::Session::set_command_runner([](Session& session, const plan::CommandPtr& command) {
        auto output = run(session, command);
        return output ? output : resolved::PlanPtr(std::make_shared<resolved::Values>());
    });
}

}  // namespace hanok::commands
