// CACHE, UNCACHE, CLEAR CACHE, REFRESH.

#include "base/error.h"
#include "commands/command.h"
#include "commands/names.h"
#include "resolved/fingerprint.h"
#include "storage/path.h"

namespace hanok::commands {

Output cache_table(Session& session, const plan::Cache& command) {
    if (command.query) {
        plan::CreateView view;
        view.name = {command.name, nullptr};
        view.temporary = true;
        view.query = command.query;
        create_view(session, view);
    }
    auto plan = session.analyze(named_table(command.name));
    std::string level = "MEMORY_AND_DISK";
    for (const auto& [key, value] : command.options) {
        if (types::names_equal(key, "storageLevel")) level = types::to_upper(value);
    }
    bool memory = level.find("MEMORY") != std::string::npos;
    bool disk = level.find("DISK") != std::string::npos;
    if (!memory && !disk)
        throw Error(
            ErrorKind::kIllegalArgument, "INVALID_STORAGE_LEVEL", {{"storageLevel", level}});
    session::StorageLevel kept{memory, disk};
    kept.deserialized = memory && level.find("SER") == std::string::npos;
    if (level.ends_with("_2")) kept.replication = 2;
    if (level.ends_with("_3")) kept.replication = 3;
    session.persist(plan, kept);
    if (!command.lazy) session.use_cache(plan);
    return nullptr;
}

Output uncache_table(Session& session, const plan::Uncache& command) {
    if (command.all) {
        session.clear_cache();
        return nullptr;
    }
    bool is_view = command.name.size() == 1 && session.find_temp_view(command.name[0]);
    if (!is_view && !try_find_table(session, command.name)) {
        if (command.if_exists) return nullptr;
        throw table_not_found(session, command.name);
    }
    session.unpersist(session.analyze(named_table(command.name)));
    return nullptr;
}

// Every query opens the newest version of a table and lists folders anew: only rows that caches
// took from data files are forgotten. The object must exist.
Output refresh(Session& session, const plan::Refresh& command) {
    if (command.is_function) return nullptr;
    auto& changes = session.platform().data_changes();
    if (!command.path.empty()) changes.note(normal_path(command.path));
    if (command.name.empty()) return nullptr;
    auto plan = session.analyze(named_table(command.name));
    for (const auto& file : resolved::data_state(*plan).files)
        changes.note(storage::parent_path(file));
    bool is_view = command.name.size() == 1 && session.find_temp_view(command.name[0]);
    auto info = try_find_table(session, command.name);
    if (info && !is_view) changes.note(info->location);
    return nullptr;
}

}  // namespace hanok::commands
