#include <cstring>
#include <map>

#include "base/error.h"
#include "python/pickle.h"

namespace hanok::python {

namespace {

Error malformed(const std::string& reason) {
    return Error(ErrorKind::kSpark, "HANOK_PYTHON_RESULT", {{"reason", reason}});
}

template <class T>
PyPtr make(T value) {
    auto out = std::make_shared<PyObject>();
    out->v = std::move(value);
    return out;
}

// Decimal digits of a little-endian two's complement number of any length.
std::string digits_of(std::string_view bytes) {
    bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80) != 0;
    std::vector<unsigned> magnitude;
    unsigned carry = negative ? 1 : 0;
    for (char c : bytes) {
        unsigned byte = static_cast<unsigned char>(c);
        if (negative) {
            byte = (~byte & 0xff) + carry;
            carry = byte >> 8;
            byte &= 0xff;
        }
        magnitude.push_back(byte);
    }
    std::string out;
    while (!magnitude.empty()) {
        unsigned rest = 0;
        for (size_t i = magnitude.size(); i-- > 0;) {
            unsigned value = rest << 8 | magnitude[i];
            magnitude[i] = value / 10;
            rest = value % 10;
        }
        out.insert(out.begin(), static_cast<char>('0' + rest));
        while (!magnitude.empty() && magnitude.back() == 0) magnitude.pop_back();
    }
    if (out.empty()) out = "0";
    return negative ? "-" + out : out;
}

class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    PyPtr read() {
        for (;;) {
            char op = take(1)[0];
            if (op == '.') break;
            if (!constant(op) && !container(op) && !memo(op) && !object(op))
                throw malformed("an unknown pickle operation " + std::to_string(op & 0xff));
        }
        if (stack_.size() != 1) throw malformed("an unfinished pickle");
        return stack_.back();
    }

private:
    std::string_view take(size_t size) {
        if (size > bytes_.size()) throw malformed("a pickle that ends too early");
        auto out = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return out;
    }
    uint64_t little(int size) {
        auto bytes = take(static_cast<size_t>(size));
        uint64_t out = 0;
        for (int i = size; i-- > 0;) out = out << 8 | static_cast<unsigned char>(bytes[i]);
        return out;
    }
    std::string_view line() {
        auto end = bytes_.find('\n');
        if (end == std::string_view::npos) throw malformed("a pickle that ends too early");
        auto out = take(end);
        take(1);
        return out;
    }
    PyPtr pop() {
        if (stack_.empty()) throw malformed("a broken pickle");
        auto out = std::move(stack_.back());
        stack_.pop_back();
        return out;
    }
    PyObject& top() {
        if (stack_.empty()) throw malformed("a broken pickle");
        return *stack_.back();
    }
    // What stands above the last mark.
    std::vector<PyPtr> pop_marked() {
        if (marks_.empty() || marks_.back() > stack_.size()) throw malformed("a broken pickle");
        std::vector<PyPtr> out(stack_.begin() + static_cast<int64_t>(marks_.back()), stack_.end());
        stack_.resize(marks_.back());
        marks_.pop_back();
        return out;
    }

    PyPtr integer(std::string_view bytes) {
        if (bytes.size() > 8) return make(PyObject::Number{digits_of(bytes), false});
        int64_t value = 0;
        for (size_t i = bytes.size(); i-- > 0;)
            value = static_cast<int64_t>(
                static_cast<uint64_t>(value) << 8 | static_cast<unsigned char>(bytes[i]));
        bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80) != 0;
        if (negative && bytes.size() < 8)
            value -= static_cast<int64_t>(uint64_t{1} << (8 * bytes.size()));
        return make(value);
    }

    bool constant(char op) {
        switch (static_cast<unsigned char>(op)) {
            case 0x80: take(1); return true;
            case 0x95: take(8); return true;
            case 'N': stack_.push_back(std::make_shared<PyObject>()); return true;
            case 0x88: stack_.push_back(make(true)); return true;
            case 0x89: stack_.push_back(make(false)); return true;
            case 'J':
                stack_.push_back(make(static_cast<int64_t>(static_cast<int32_t>(little(4)))));
                return true;
            case 'K': stack_.push_back(make(static_cast<int64_t>(little(1)))); return true;
            case 'M': stack_.push_back(make(static_cast<int64_t>(little(2)))); return true;
            case 0x8a: stack_.push_back(integer(take(little(1)))); return true;
            case 0x8b: stack_.push_back(integer(take(little(4)))); return true;
            case 'G': {
                uint64_t bits = 0;
                for (char c : take(8)) bits = bits << 8 | static_cast<unsigned char>(c);
                double value = 0;
                std::memcpy(&value, &bits, sizeof value);
                stack_.push_back(make(value));
                return true;
            }
            case 'X': return text(take(little(4)));
            case 0x8c: return text(take(little(1)));
            case 0x8d: return text(take(little(8)));
            case 'B': return binary(take(little(4)));
            case 'C': return binary(take(little(1)));
            case 0x8e:
            case 0x96: return binary(take(little(8)));
            default: return false;
        }
    }
    bool text(std::string_view bytes) {
        stack_.push_back(make(std::string(bytes)));
        return true;
    }
    bool binary(std::string_view bytes) {
        stack_.push_back(make(PyObject::Bytes{std::string(bytes)}));
        return true;
    }

    bool container(char op) {
        switch (static_cast<unsigned char>(op)) {
            case '(': marks_.push_back(stack_.size()); return true;
            case ']':
            case 0x8f: stack_.push_back(make(PyObject::List{})); return true;
            case '}': stack_.push_back(make(PyObject::Dict{})); return true;
            case ')': stack_.push_back(make(PyObject::Tuple{})); return true;
            case 't': return tuple(pop_marked());
            case 0x85: return tuple(last(1));
            case 0x86: return tuple(last(2));
            case 0x87: return tuple(last(3));
            case 'a': return append(last(1));
            case 'e':
            case 0x90: return append(pop_marked());
            case 's': return set(last(2));
            case 'u': return set(pop_marked());
            default: return false;
        }
    }
    std::vector<PyPtr> last(size_t count) {
        std::vector<PyPtr> out(count);
        for (size_t i = count; i-- > 0;) out[i] = pop();
        return out;
    }
    bool tuple(std::vector<PyPtr> items) {
        stack_.push_back(make(PyObject::Tuple{std::move(items)}));
        return true;
    }
    bool append(const std::vector<PyPtr>& items) {
        auto* list = std::get_if<PyObject::List>(&top().v);
        if (list) list->items.insert(list->items.end(), items.begin(), items.end());
        return true;
    }
    bool set(const std::vector<PyPtr>& items) {
        auto* dict = std::get_if<PyObject::Dict>(&top().v);
        for (size_t i = 0; dict && i + 1 < items.size(); i += 2)
            dict->items.emplace_back(items[i], items[i + 1]);
        return true;
    }

    bool memo(char op) {
        switch (static_cast<unsigned char>(op)) {
            case 0x94: keep(memo_.size()); return true;
            case 'q': keep(little(1)); return true;
            case 'r': keep(little(4)); return true;
            case 'h': return recall(little(1));
            case 'j': return recall(little(4));
            case '0': pop(); return true;
            default: return false;
        }
    }
    void keep(size_t at) {
        top();
        memo_[at] = stack_.back();
    }
    bool recall(size_t at) {
        auto it = memo_.find(at);
        if (it == memo_.end()) throw malformed("a broken pickle");
        stack_.push_back(it->second);
        return true;
    }

    bool object(char op) {
        switch (static_cast<unsigned char>(op)) {
            case 'c': {
                std::string module(line());
                stack_.push_back(make(PyObject::Global{module + "." + std::string(line())}));
                return true;
            }
            case 0x93: {
                auto names = last(2);
                const auto* module = std::get_if<std::string>(&names[0]->v);
                const auto* name = std::get_if<std::string>(&names[1]->v);
                if (!module || !name) throw malformed("a broken pickle");
                stack_.push_back(make(PyObject::Global{*module + "." + *name}));
                return true;
            }
            case 'R':
            case 0x81: {
                auto parts = last(2);
                stack_.push_back(made(*parts[0], *parts[1]));
                return true;
            }
            case 'b': pop(); return true;  // state of an object that has no value here
            default: return false;
        }
    }
    static PyPtr made(const PyObject& callable, const PyObject& args) {
        const auto* global = std::get_if<PyObject::Global>(&callable.v);
        const auto* tuple = std::get_if<PyObject::Tuple>(&args.v);
        if (!global || !tuple) throw malformed("a broken pickle");
        bool one = tuple->items.size() == 1;
        if (global->name == "decimal.Decimal" && one) {
            if (const auto* digits = std::get_if<std::string>(&tuple->items[0]->v))
                return make(PyObject::Number{*digits, true});
        }
        return make(PyObject::Global{global->name, true});
    }

    std::string_view bytes_;
    std::vector<PyPtr> stack_;
    std::vector<size_t> marks_;
    std::map<size_t, PyPtr> memo_;
};

}  // namespace

PyPtr unpickle(std::string_view bytes) { return Reader(bytes).read(); }

}  // namespace hanok::python
