#include "session/script_scopes.h"

#include "base/error.h"
#include "session/resolver.h"
#include "session/row_pages.h"
#include "types/data_type.h"

namespace hanok::session {

namespace {

thread_local RunningScript* running_script = nullptr;
thread_local InterruptCheck* interrupt_check = nullptr;

}  // namespace

ScriptScopes::ScriptScopes() = default;
ScriptScopes::~ScriptScopes() = default;

void ScriptScopes::push(const std::string& label) {
    scopes_.emplace_back();
    scopes_.back().label = label;
}

void ScriptScopes::truncate(size_t depth) {
    while (depth < scopes_.size()) scopes_.pop_back();
}

bool ScriptScopes::declare(const std::string& name, analyzer::Variable variable) {
    auto& scope = scopes_.back();
    variable.name = scope.label.empty() ? std::vector<std::string>{name}
                                        : std::vector<std::string>{scope.label, name};
    return scope.variables.emplace(types::to_lower(name), std::move(variable)).second;
}

template <class Scopes, class Map>
auto ScriptScopes::look_up(Scopes& scopes, Map Scope::*map, const std::vector<std::string>& name)
    -> decltype(&(scopes.back().*map).begin()->second) {
    if (name.empty() || name.size() > 2) return nullptr;
    auto wanted = types::to_lower(name.back());
    for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
        if (name.size() == 2 && !types::names_equal(scope->label, name[0])) continue;
        auto found = ((*scope).*map).find(wanted);
        if (found != ((*scope).*map).end()) return &found->second;
    }
    return nullptr;
}

std::optional<analyzer::Variable> ScriptScopes::find(const std::vector<std::string>& name) const {
    const auto* found = hides_variables_ ? nullptr : look_up(scopes_, &Scope::variables, name);
    return found ? std::optional(*found) : std::nullopt;
}

bool ScriptScopes::assign(const std::vector<std::string>& name, const types::Value& value) {
    auto* found = hides_variables_ ? nullptr : look_up(scopes_, &Scope::variables, name);
    if (found) found->value = value;
    return found != nullptr;
}

bool ScriptScopes::declare_cursor(const std::string& name, const std::string& query) {
    auto [cursor, is_new] = scopes_.back().cursors.try_emplace(types::to_lower(name));
    if (is_new) {
        cursor->second.name = name;
        cursor->second.query = query;
    }
    return is_new;
}

ScriptCursor* ScriptScopes::find_cursor(const std::vector<std::string>& name) {
    return look_up(scopes_, &Scope::cursors, name);
}

RunningScript::RunningScript(Session& session)
    : session_(session),
      resolver_(std::make_unique<SessionResolver>(session, &scopes_)),
      enclosing_(running_script) {
    running_script = this;
}

RunningScript::~RunningScript() { running_script = enclosing_; }

RunningScript* RunningScript::of(const Session& session) {
    bool is_own = running_script && &running_script->session_ == &session;
    return is_own ? running_script : nullptr;
}

InterruptCheck::InterruptCheck(std::function<bool()> is_interrupted)
    : is_interrupted_(std::move(is_interrupted)), enclosing_(interrupt_check) {
    interrupt_check = this;
}

InterruptCheck::~InterruptCheck() { interrupt_check = enclosing_; }

void InterruptCheck::check() {
    if (interrupt_check && interrupt_check->is_interrupted_())
        throw Error(ErrorKind::kSpark, "OPERATION_CANCELED", {});
}

}  // namespace hanok::session
