# How our own sources are compiled. Nothing here reaches a user of the library:
# warnings, hardening and sanitizers are private to our targets.
include(CheckCXXCompilerFlag)
include(CheckCCompilerFlag)

set(LEAT_WARNINGS
    -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wswitch-enum -Wcast-qual -Wundef
    -Wimplicit-fallthrough -Wformat=2)
set(LEAT_WARNINGS_CXX -Wnon-virtual-dtor)

# Flags the compiler takes are kept, the rest are dropped without a word.
function(leat_keep_known_flags result)
    set(kept "")
    foreach(flag IN LISTS ARGN)
        string(MAKE_C_IDENTIFIER "leat_cxx${flag}" known)
        set(CMAKE_REQUIRED_QUIET ON)
        check_cxx_compiler_flag("-Werror ${flag}" ${known})
        if(${known})
            list(APPEND kept "${flag}")
        endif()
    endforeach()
    set(${result} "${kept}" PARENT_SCOPE)
endfunction()

set(LEAT_HARDEN_COMPILE "")
set(LEAT_HARDEN_LINK "")
if(LEAT_HARDEN)
    leat_keep_known_flags(LEAT_HARDEN_COMPILE
        -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
        -mbranch-protection=standard -fno-delete-null-pointer-checks -fno-strict-overflow
        -fno-strict-aliasing -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr
        -fharden-compares -Wtrampolines -Wbidi-chars=any)
    if(NOT LEAT_SANITIZE)
        list(APPEND LEAT_HARDEN_COMPILE
            "$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
    endif()
    if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
        set(LEAT_HARDEN_LINK
            -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,nodlopen -Wl,--as-needed
            -Wl,--no-copy-dt-needed-entries)
    endif()
endif()

set(LEAT_INSTRUMENT "")
if(LEAT_SANITIZE)
    string(REPLACE ";" "," sanitizers "${LEAT_SANITIZE}")
    set(LEAT_INSTRUMENT
        -fsanitize=${sanitizers} -fno-sanitize=vptr -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    # clang's function sanitizer wants the C++ run-time library, which C programs do not link.
    if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
        list(APPEND LEAT_INSTRUMENT -fno-sanitize=function)
    endif()
endif()
if(LEAT_COVERAGE)
    list(APPEND LEAT_INSTRUMENT --coverage)
endif()

# Anything of ours: warnings, hardening, instrumentation.
function(leat_compile target)
    target_compile_features(${target} PRIVATE cxx_std_20 c_std_99)
    target_compile_options(${target} PRIVATE
        ${LEAT_WARNINGS} $<$<COMPILE_LANGUAGE:CXX>:${LEAT_WARNINGS_CXX}>
        $<$<BOOL:${LEAT_WERROR}>:-Werror> ${LEAT_HARDEN_COMPILE} ${LEAT_INSTRUMENT})
    target_link_options(${target} PRIVATE ${LEAT_HARDEN_LINK} ${LEAT_INSTRUMENT})
    set_target_properties(${target} PROPERTIES
        CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
endfunction()

# What goes into an archive: C++ that needs no C++ runtime.
function(leat_compile_archive target)
    leat_compile(${target})
    target_compile_options(${target} PRIVATE
        "$<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions;-fno-rtti;-fno-threadsafe-statics>"
        -fvisibility=hidden -ffunction-sections -fdata-sections
        $<$<CONFIG:MinSizeRel>:-fno-asynchronous-unwind-tables>)
    # The users of an instrumented archive need the instrumentation's runtime.
    target_link_options(${target} PUBLIC "$<BUILD_INTERFACE:${LEAT_INSTRUMENT}>")
endfunction()
