#include "session/script_scopes.h"

#include "base/error.h"
#include "session/resolver.h"
#include "types/data_type.h"

namespace hanok::session {

namespace {

thread_local RunningScript* running_script = nullptr;
thread_local InterruptCheck* interrupt_check = nullptr;

}  // namespace

void ScriptScopes::truncate(size_t depth) {
    if (depth < scopes_.size()) scopes_.resize(depth);
}

bool ScriptScopes::declare(const std::string& name, analyzer::Variable variable) {
    auto& scope = scopes_.back();
    variable.name = scope.label.empty() ? std::vector<std::string>{name}
                                        : std::vector<std::string>{scope.label, name};
    return scope.variables.emplace(types::to_lower(name), std::move(variable)).second;
}

const analyzer::Variable* ScriptScopes::look_up(const std::vector<std::string>& name) const {
    if (name.empty() || name.size() > 2) return nullptr;
    auto wanted = types::to_lower(name.back());
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
        if (name.size() == 2 && !types::names_equal(scope->label, name[0])) continue;
        auto found = scope->variables.find(wanted);
        if (found != scope->variables.end()) return &found->second;
    }
    return nullptr;
}

std::optional<analyzer::Variable> ScriptScopes::find(const std::vector<std::string>& name) const {
    const auto* found = look_up(name);
    return found ? std::optional(*found) : std::nullopt;
}

bool ScriptScopes::assign(const std::vector<std::string>& name, const types::Value& value) {
    const auto* found = look_up(name);
    if (!found) return false;
    const_cast<analyzer::Variable*>(found)->value = value;
    return true;
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
