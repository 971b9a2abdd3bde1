# Puts the TLS library into libleat_mbedtls.a, so that one archive is all a user links.
#
# leat gives mbedTLS its memory. A build with MBEDTLS_PLATFORM_MEMORY takes it through
# mbedtls_platform_set_calloc_free. Debian's has not got that, so there the calls to calloc and
# free are renamed, in our copy, to leat_tls_calloc and leat_tls_free, which port/mbedtls defines.
include(CheckCSourceCompiles)

function(leat_find_mbedtls)
    if(LEAT_MBEDTLS_ROOT)
        set(only PATHS ${LEAT_MBEDTLS_ROOT} NO_DEFAULT_PATH)
    endif()
    find_path(include NAMES mbedtls/ssl.h NO_CACHE PATH_SUFFIXES include ${only})
    set(archives "")
    foreach(name mbedtls mbedx509 tfpsacrypto mbedcrypto everest p256m)
        if(name STREQUAL "mbedcrypto" AND tfpsacrypto)
            continue()  # 4.x ships it as a copy of tfpsacrypto
        endif()
        find_library(${name} NAMES lib${name}.a NO_CACHE PATH_SUFFIXES lib library ${only})
        if(${name})
            list(APPEND archives ${${name}})
        endif()
    endforeach()
    if(NOT include OR NOT mbedtls OR NOT mbedx509)
        message(FATAL_ERROR "mbedTLS's headers and static archives were not found: run "
            "toolchains/setup.sh (Debian: libmbedtls-dev), set LEAT_MBEDTLS_ROOT, or turn "
            "LEAT_PORT_MBEDTLS off")
    endif()
    set(LEAT_MBEDTLS_INCLUDE ${include} PARENT_SCOPE)
    set(LEAT_MBEDTLS_ARCHIVES ${archives} PARENT_SCOPE)
endfunction()

function(leat_bundle_mbedtls target)
    leat_find_mbedtls()
    target_include_directories(${target} SYSTEM PRIVATE ${LEAT_MBEDTLS_INCLUDE})

    set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
    set(CMAKE_REQUIRED_INCLUDES ${LEAT_MBEDTLS_INCLUDE})
    unset(LEAT_MBEDTLS_HAS_MEMORY_HOOK CACHE)
    check_c_source_compiles("
        #include <mbedtls/ssl.h>
        #ifndef MBEDTLS_PLATFORM_MEMORY
        #error no hook
        #endif
        int leat_probe;" LEAT_MBEDTLS_HAS_MEMORY_HOOK)

    if(LEAT_MBEDTLS_HAS_MEMORY_HOOK)
        set(take ${CMAKE_COMMAND} -E copy)
    else()
        set(take ${CMAKE_OBJCOPY} --redefine-sym calloc=leat_tls_calloc
                 --redefine-sym free=leat_tls_free)
        target_compile_definitions(${target} PRIVATE LEAT_MBEDTLS_RENAMED=1)
    endif()

    set(copies "")
    foreach(archive IN LISTS LEAT_MBEDTLS_ARCHIVES)
        get_filename_component(name ${archive} NAME)
        set(copy ${CMAKE_CURRENT_BINARY_DIR}/vendor/${name})
        add_custom_command(OUTPUT ${copy} DEPENDS ${archive} VERBATIM
            COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/vendor
            COMMAND ${take} ${archive} ${copy})
        list(APPEND copies ${copy})
    endforeach()

    add_custom_target(${target}_vendor DEPENDS ${copies})
    add_dependencies(${target} ${target}_vendor)
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${copies})
    add_custom_command(TARGET ${target} POST_BUILD VERBATIM
        COMMAND ${CMAKE_COMMAND} -D AR=${CMAKE_AR} -D APPLE=${APPLE}
                -D ARCHIVE=$<TARGET_FILE:${target}> -D "OTHERS=${copies}"
                -P ${PROJECT_SOURCE_DIR}/toolchains/merge_archives.cmake)
endfunction()
