#include "python/planner_call.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>

#include "base/error.h"
#include "python/framing.h"

namespace hanok::python {

namespace {

constexpr int kSilenceSeconds = 120;

void put_little(std::string* out, size_t value) {
    for (int i = 0; i < 4; ++i) out->push_back(static_cast<char>(value >> (8 * i)));
}

void put_unicode(std::string* out, const std::string& text) {
    out->push_back('X');
    put_little(out, text.size());
    *out += text;
}

void put_value(std::string* out, const types::Value& value, const types::DataType& type) {
    using types::TypeId;
    if (value.is_null()) {
        out->push_back('N');
        return;
    }
    switch (type.id()) {
        case TypeId::kBoolean: *out += value.as_bool() ? "\x88" : "\x89"; return;
        case TypeId::kFloat:
        case TypeId::kDouble:
            *out += "F" + types::double_to_string(value.as_double()) + "\n";
            return;
        case TypeId::kString: put_unicode(out, value.as_string()); return;
        case TypeId::kBinary:
            out->push_back('B');
            put_little(out, value.as_string().size());
            *out += value.as_string();
            return;
        case TypeId::kDecimal:
            *out += "cdecimal\nDecimal\n(";
            put_unicode(out, types::decimal_to_string(value.as_decimal(), type.scale()));
            *out += "tR";
            return;
        case TypeId::kArray:
            *out += "](";
            for (const auto& item : value.as_list()) put_value(out, item, *type.element());
            out->push_back('e');
            return;
        case TypeId::kStruct: {
            out->push_back('(');
            const auto& items = value.as_list();
            for (size_t i = 0; i < items.size(); ++i)
                put_value(out, items[i], *type.fields()[i].type);
            out->push_back('t');
            return;
        }
        default: *out += "I" + std::to_string(value.as_int()) + "\n"; return;
    }
}

}  // namespace

std::string pickled_value(const types::Value& value, const types::DataType& type) {
    std::string out("\x80\x03", 2);
    put_value(&out, value, type);
    out.push_back('.');
    return out;
}

PlannerCall::PlannerCall(WorkerPool& pool, const std::string& module,
    const std::string& python_version, const AddedFiles& files, std::string_view body)
    : worker_(pool.acquire(module, files.folder)) {
    std::string request;
    put_text(&request, python_version);
    put_added_files(&request, files);
    put_int(&request, 0);  // settings
    request += body;
    put_int(&request, static_cast<int32_t>(Mark::kEndOfStream));
    int fd = (*worker_)->socket();
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    timeval limit{kSilenceSeconds, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    for (size_t sent = 0; sent < request.size();) {
        auto n = ::send(
            (*worker_)->socket(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) break;  // what it says tells more
        sent += static_cast<size_t>(n);
    }
}

void PlannerCall::read(char* out, size_t size) {
    if (!read_fully((*worker_)->socket(), out, size))
        throw runtime_error(
            "HANOK_PYTHON_WORKER_CRASHED", {{"reason", "no answer while planning"}});
}

int32_t PlannerCall::read_int() {
    char bytes[4];
    read(bytes, sizeof(bytes));
    auto value = decode_int(bytes);
    if (value != static_cast<int32_t>(Mark::kPythonExceptionThrown)) return value;
    throw PlannerError{read_bytes()};
}

std::string PlannerCall::read_bytes() {
    constexpr int32_t kMostBytes = 64 << 20;
    auto size = read_int();
    if (size < 0 || size > kMostBytes)
        throw runtime_error("HANOK_PYTHON_WORKER_CRASHED", {{"reason", "a bad answer"}});
    std::string out(static_cast<size_t>(size), '\0');
    if (size > 0) read(out.data(), out.size());
    return out;
}

}  // namespace hanok::python
